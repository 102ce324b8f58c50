#!/usr/bin/env bash
# From a photograph to a detector of your own: read at once, then train further, test on unseen images, read with both.
# Each step is a command you can run by itself; OUT and DATA may be set to other folders.
set -euo pipefail
cd "$(dirname "$0")/.."
CONFIG=configs/synthetic/dbnet_pplcnetv4s_synth.py
OUT=${OUT:-work_dirs/demo}
DATA=${DATA:-data/synth}
PHOTOGRAPHS=$(python -c "import importlib.util as u; print(u.find_spec('skimage').submodule_search_locations[0] + '/data')")

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

step "1/5  Read photographs, with PP-OCRv6 as it is"
dbnetpp read "$PHOTOGRAPHS"/page.png "$PHOTOGRAPHS"/motorcycle_left.png --out-dir "$OUT/photographs" --restart

step "2/5  Make synthetic pages with annotated words: 400 training images, 60 test images on other photographs"
dbnetpp synth --out "$DATA" --train 400 --test 60 --seed 0

step "3/5  Train it to find words in place of lines (about three minutes on two cores)"
mim train mmocr "$CONFIG" --amp --work-dir "$OUT" --cfg-options \
    train_dataloader.dataset.data_root="$DATA" val_dataloader.dataset.data_root="$DATA" \
    test_dataloader.dataset.data_root="$DATA"

step "4/5  Detect on the unseen images, and evaluate"
dbnetpp detect "$DATA"/imgs/test --config "$CONFIG" --weights "$(cat "$OUT/last_checkpoint")" \
    --out-dir "$OUT/detections" --restart
dbnetpp evaluate "$DATA/textdet_test.json" "$OUT/detections/results.jsonl" --protocol icdar2015 --score-thr 0.5

step "5/5  Read some of them, with the new detector and the recognizer of PP-OCRv6"
FEW=("$DATA"/imgs/test/*1.jpg)
dbnetpp read "${FEW[@]}" --config "$CONFIG" --weights "$(cat "$OUT/last_checkpoint")" --out-dir "$OUT/few" --restart
echo "Pictures and results.jsonl: $OUT/photographs, $OUT/detections and $OUT/few"
