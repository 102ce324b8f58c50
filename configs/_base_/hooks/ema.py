"""Evaluates and saves the moving average of the weights; to be added to the bases of any config.

The average reaches back some 5000 iterations. Running statistics of batch normalisation are averaged as well.
"""

custom_hooks = [dict(type='EMAHook', momentum=0.0002, update_buffers=True, priority='ABOVE_NORMAL')]
