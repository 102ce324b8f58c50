"""ICDAR 2015, tested at a short side of 736: made by `dbnetpp prepare icdar2015 --root RAW --out data/icdar2015`.

For short trainings on CPUs: batches of 8 crops of 512 pixels, one crop in eight of a synthetic page.
"""

_base_ = 'text_det.py'

data_root = 'data/icdar2015'
targets = [dict(_base_.augment, size=(512, 512)), *_base_.make_targets]
train_pipeline = [*_base_.load_training, *targets]

# Samples are drawn evenly from the concatenation, so lengths are shares: ICDAR 2015 has 1000 images (repeated), and
# there are 140 synthetic pages for them, each another one.
photographs = dict(_base_.train_dataloader.dataset, data_root=data_root, pipeline=train_pipeline)
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            dict(type='RepeatDataset', times=100, dataset=photographs),
            dict(type='RandomSynthText', length=14000, size=(800, 800),
                 pipeline=[_base_.load_annotations, *targets]),
        ]))
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
