#!/usr/bin/env bash
# From nothing to detected text: make data, train, test on images never trained on, draw what was found.
# Each step is a command you can run by itself; OUT and DATA may be set to other folders.
set -euo pipefail
cd "$(dirname "$0")/.."
CONFIG=configs/dbnetpp_mbv3l_synth.py
OUT=${OUT:-work_dirs/demo}
DATA=${DATA:-data/synth}

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

step "1/5  Make synthetic text: 400 training images, 60 test images on other photographs"
python tools/synth_text.py --out "$DATA" --train 400 --test 60 --seed 0

step "2/5  Train DBNet++ from scratch (about six minutes on two cores)"
mim train mmocr "$CONFIG" --work-dir "$OUT" --cfg-options \
    train_dataloader.dataset.data_root="$DATA" val_dataloader.dataset.data_root="$DATA" \
    test_dataloader.dataset.data_root="$DATA"

step "3/5  Test on the unseen images"
mim test mmocr "$CONFIG" --checkpoint "$(cat "$OUT/last_checkpoint")" --work-dir "$OUT" \
    --cfg-options test_dataloader.dataset.data_root="$DATA"

step "4/5  Detect and draw"
python tools/detect.py "$DATA"/imgs/test --config "$CONFIG" --weights "$(cat "$OUT/last_checkpoint")" \
    --out-dir "$OUT/detections" --restart

step "5/5  Read: the models that come with the package, on the same images, which they never saw either"
python tools/read.py "$DATA"/imgs/test --out-dir "$OUT/readings" --restart
python tools/evaluate.py "$DATA/textdet_test.json" "$OUT/readings/results.jsonl" --protocol end-to-end
FEW=("$DATA"/imgs/test/*1.jpg)
python tools/read.py "${FEW[@]}" --out-dir "$OUT/few" --restart
echo "Pictures and results.jsonl: $OUT/detections and $OUT/readings"
