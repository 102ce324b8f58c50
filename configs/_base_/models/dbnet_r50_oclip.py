_base_ = 'dbnetpp_r50_oclip.py'

model = dict(neck=dict(asf=None))  # DBNet's neck: the same pyramid without adaptive scale fusion
