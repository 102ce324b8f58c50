"""Ablation: DBNet without supervision of the threshold map, ResNet-18 with DCNv2, ICDAR 2017 MLT (arXiv 1911.08947)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = 'dbnet_r18_dcnv2_mlt17.py'

model = dict(det_head=dict(module_loss=dict(weight_thr=0)))
