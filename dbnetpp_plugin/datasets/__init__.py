"""Data sets: transforms, preparers of public data sets, synthetic text, and word crops.

Importing this package imports neither PyTorch nor the OpenMMLab packages: preparing data needs none of them.
"""

from dbnetpp_plugin.lazy import lazy_names

__getattr__ = lazy_names(__name__, {
    'RandomSynthText': 'random_synth_text', 'RandomSynthWords': 'random_synth_text',
    'TextDetDataset': 'text_det_dataset'})
