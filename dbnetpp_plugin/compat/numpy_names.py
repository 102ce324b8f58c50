"""Names that NumPy dropped and that packages still use."""


def restore_numpy_names() -> None:
    """Put back ``np.sctypes`` and ``np.bool``, which imgaug 0.4.0 reads while it is imported by mmocr, and ``np.int0``,
    which mmocr uses to draw label maps.

    NumPy 2.0 removed ``sctypes`` and ``int0``; NumPy 1.24 removed ``bool``, and 2.0 brought it back as the scalar type.
    No-op where the names exist.
    """
    import numpy as np
    for name, scalar in (('bool', np.bool_), ('int0', np.intp)):
        if name not in vars(np):
            setattr(np, name, scalar)
    if 'sctypes' not in vars(np):
        np.sctypes = {  # type: ignore[attr-defined]  # noqa: NPY201
            'int': [np.int8, np.int16, np.int32, np.int64],
            'uint': [np.uint8, np.uint16, np.uint32, np.uint64],
            'float': [np.float16, np.float32, np.float64, np.longdouble],
            'complex': [np.complex64, np.complex128, np.clongdouble],
            'others': [bool, object, bytes, str, np.void],
        }
