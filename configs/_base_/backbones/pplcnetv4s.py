"""PP-OCRv6 small: PPLCNetV4 and a pyramid with large kernels, in the merged form of the published weights."""

backbone = dict(type='PPLCNetV4', arch='small', merged=True)
neck = dict(type='RepLKFPN', in_channels=[48, 96, 192, 384], out_channels=96, kernel_size=7, merged=True)
