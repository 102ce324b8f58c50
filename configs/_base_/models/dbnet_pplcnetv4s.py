"""PP-OCRv6 small as it was published, without adaptive scale fusion."""

_base_ = 'dbnetpp_pplcnetv4s.py'
model = dict(neck=dict(asf=None))
