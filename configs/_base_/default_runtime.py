"""Hooks and logging that every config shares. Configs of detectors also name a file of evaluation/."""

default_scope = 'mmocr'
env_cfg = dict(
    cudnn_benchmark=True,  # training crops have one size
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))  # without CUDA the package takes gloo in its place
randomness = dict(seed=0)

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=10),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='CheckpointHook', interval=20, max_keep_ckpts=2, save_best='icdar2015/hmean', rule='greater'),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    sample_seed=dict(type='SampleSeedHook'),  # what a sample draws does not depend on workers, processes and resuming
    broken_images=dict(type='BrokenImageHook'),  # says at the end which images could not be read
    fitting_weights=dict(type='FittingWeightsHook'),  # stops if load_from or pretrained weights fit nothing
    finite_loss=dict(type='FiniteLossHook', skip=False),  # stops at NaN; skip=True leaves such batches out
    channels_last=dict(type='ChannelsLastHook'),  # faster convolutions on a CPU, and in mixed precision on a GPU
    keep_memory=dict(type='KeepMemoryHook'),  # for the next image, where the C library is glibc
    sync_buffer=dict(type='SyncBuffersHook'),
    visualization=dict(type='VisualizationHook', enable=False))
log_level = 'INFO'
log_processor = dict(type='LogProcessor', window_size=10, by_epoch=True)
load_from = None
resume = False

vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(type='TextDetLocalVisualizer', name='visualizer', vis_backends=vis_backends)
