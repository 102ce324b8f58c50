"""SynthText: made by `dbnetpp prepare synthtext --root RAW --out data/synthtext`.

It has no test images, and there is no validation; `mim test` tests on those of ICDAR 2015.
"""

_base_ = 'text_det.py'

train_dataloader = dict(
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(data_root='data/synthtext'))
val_dataloader = None
test_dataloader = dict(dataset=dict(data_root='data/icdar2015'))
