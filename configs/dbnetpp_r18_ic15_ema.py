"""DBNet++, ResNet-18, ICDAR 2015, evaluated with the moving average of the weights."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = ['dbnetpp_r18_ic15.py', '_base_/hooks/ema.py']
