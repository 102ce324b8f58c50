_base_ = 'dbnetpp_r18.py'

# Two rounds of PAN's enhancement, top-down and bottom-up, in place of the pyramid; the fusion is the same.
model = dict(
    neck=dict(
        _delete_=True,
        type='FPEMASF',
        in_channels=[64, 128, 256, 512],
        out_channels=64,
        repeats=2,
        asf=dict(attention='scale_channel_spatial', inner_channels=64)))
