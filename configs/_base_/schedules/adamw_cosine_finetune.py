"""The practitioner's recipe: AdamW at 1e-4 with cosine decay, the backbone frozen for ten epochs.

Pretrained features are not spoilt while neck and head are still random. Ten to twenty epochs are usual:
`--cfg-options custom_hooks.0.epochs=20`.
"""

_base_ = 'adamw_cosine_300e.py'

optim_wrapper = dict(optimizer=dict(lr=1e-4))
custom_hooks = [dict(type='FreezeBackboneHook', epochs=10)]

# The recipe's part of DBTextAugment, beside its flips and crops; a config puts it into its train_pipeline.
finetune_augmentation = dict(rotation=(-15, 15), brightness=0.3, contrast=0.3)
