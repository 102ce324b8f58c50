"""MSRA-TD500, trained on together with the images of HUST-TR400, as in the papers; tested at a short side of 736.

Made by `dbnetpp prepare msra_td500 --root RAW --out data/msra_td500`, and hust_tr400 likewise.
"""

_base_ = 'text_det.py'

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            dict(type='TextDetDataset', data_root=data_root, ann_file='textdet_train.json')
            for data_root in ('data/msra_td500', 'data/hust_tr400')
        ],
        pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(data_root='data/msra_td500'))
test_dataloader = val_dataloader
