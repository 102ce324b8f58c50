"""DBNet, PP-OCRv6 small, ICDAR 2015, tested at a short side of 736: without adaptive scale fusion, else the same."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = ['dbnetpp_pplcnetv4s_ic15.py']

model = dict(neck=dict(asf=None))
