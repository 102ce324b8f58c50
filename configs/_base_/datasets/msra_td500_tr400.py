"""MSRA-TD500, trained on together with the images of HUST-TR400, as in the papers.

Made by `dbnetpp prepare msra_td500 --root RAW --out data/msra_td500`, and hust_tr400 likewise.
"""

_base_ = 'msra_td500.py'

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            dict(type='TextDetDataset', data_root=data_root, ann_file='textdet_train.json')
            for data_root in ('data/msra_td500', 'data/hust_tr400')
        ],
        pipeline=_base_.train_pipeline))
