"""DBNet, ResNet-18, SynthText: the stage before training on real images."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r18.py',
    '_base_/datasets/synthtext.py',
    '_base_/schedules/sgd_poly_100k.py',
    '_base_/pretrain_runtime.py',
]
