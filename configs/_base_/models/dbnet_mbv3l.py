_base_ = 'dbnetpp_mbv3l.py'

model = dict(neck=dict(asf=None))  # DBNet's neck: the same pyramid without adaptive scale fusion
