"""DBNet++, ResNet-18, from scratch on synthetic text, for a GPU: a start without any download."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_r18.py',
    '../_base_/datasets/random_synth.py',
    '../_base_/schedules/adamw_cosine_20k.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(backbone=dict(init_cfg=None))
train_dataloader = dict(num_workers=16)  # they draw the pages: as many as there are cores
