_base_ = 'dbnetpp_r50_dcnv2.py'

model = dict(neck=dict(asf=None))  # DBNet's neck: the same pyramid without adaptive scale fusion
