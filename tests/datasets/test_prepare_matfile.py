"""MATLAB files, cell by cell. SciPy, which reads and writes whole files, is the oracle."""

import io
import struct
import zlib

import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dbnetpp_plugin.datasets.preparers import matfile
from dbnetpp_plugin.datasets.preparers.matfile import read_cells


def cell_array(*rows):
    array = np.empty((len(rows), len(rows[0])), object)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            array[i, j] = value
    return array


def save(file, compressed=True, **variables):
    scipy.io.savemat(file, variables, do_compression=compressed)
    return file


def element(kind, data):
    return struct.pack('<II', kind, len(data)) + data + bytes(-len(data) % 8)


def numbers(shape, kind, stored, data, name=b'', flags=0):
    """A matrix element of numbers, as the format's description lays it out."""
    return element(matfile.MATRIX, b''.join([
        element(6, struct.pack('<II', kind | flags, 0)), element(5, np.array(shape, '<i4').tobytes()), element(1, name),
        element(stored, data)]))


def by_hand(file, *elements, version=b'\x00\x01'):
    file.write_bytes(b'MATLAB'.ljust(124) + version + b'IM' + b''.join(elements))
    return file


def cells_by_hand(*cells, count=None):
    shape = np.array([1, len(cells) if count is None else count], '<i4').tobytes()
    return element(matfile.MATRIX, b''.join([
        element(6, struct.pack('<II', matfile.CELLS, 0)), element(5, shape), element(1, b'a'), *cells]))


@pytest.mark.parametrize('compressed', [False, True])
@pytest.mark.parametrize('dtype', ['f8', 'f4', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8'])
def test_numbers(tmp_path, compressed, dtype):
    values = [np.arange(24, dtype=dtype).reshape(2, 4, 3), np.array([[7]], dtype), np.zeros((0, 0), dtype)]
    file = save(tmp_path / 'a.mat', compressed, a=cell_array(values))
    for expected, got in zip(values, read_cells(file, 'a'), strict=True):
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize('compressed', [False, True])
def test_characters(tmp_path, compressed):
    values = [np.array(['Lines:\nI ', 'will     ']), np.array(['Füße']), np.array(['中文', 'ab']), np.array([], 'U1')]
    file = save(tmp_path / 'a.mat', compressed, a=cell_array(values))
    assert list(read_cells(file, 'a')) == [['Lines:\nI ', 'will     '], ['Füße'], ['中文', 'ab'], []]


def test_cells_come_column_by_column(tmp_path):
    file = save(tmp_path / 'a.mat', a=cell_array([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]))
    assert [float(cell.item()) for cell in read_cells(file, 'a')] == [1, 4, 2, 5, 3, 6]


@pytest.mark.parametrize('compressed', [False, True])
def test_variable_among_others(tmp_path, compressed):
    cells = cell_array([np.arange(1000.0)])
    # Larger than what is read at once, even compressed; and numbers that look like the start of a matrix.
    noise, decoy = np.random.default_rng(0).random(50000), np.array([matfile.MATRIX, 64] * 10, 'u4')
    file = save(tmp_path / 'a.mat', compressed, noise=noise, decoy=decoy, b=cells, c=cell_array(['x']), d='text')
    assert list(read_cells(file, 'c')) == [['x']]
    assert list(read_cells(file, 'gone', 'c')) == [['x']]
    np.testing.assert_array_equal(next(read_cells(file, 'b'))[0], np.arange(1000))


@given(hnp.arrays(st.sampled_from(['f8', 'f4', 'i2', 'u1']), hnp.array_shapes(min_dims=2, max_dims=4, max_side=5)))
def test_any_array(array):
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, {'a': cell_array([array, array])}, do_compression=True)
    file = InMemory(buffer.getvalue())
    for cell in read_cells(file, 'a'):
        np.testing.assert_array_equal(cell, array)


class InMemory:
    def __init__(self, data):
        self.data = data

    def open(self, _):
        return io.BytesIO(self.data)


def test_numbers_stored_smaller_than_they_are(tmp_path):
    """MATLAB stores doubles that are small whole numbers as bytes."""
    double = numbers((1, 3), 6, 2, b'\x01\x02\xff')
    cell, = read_cells(by_hand(tmp_path / 'a.mat', cells_by_hand(double)), 'a')
    assert cell.dtype == 'f8'
    np.testing.assert_array_equal(cell, [[1, 2, 255]])


@pytest.mark.parametrize(('stored', 'data'), [
    (4, 'ñ1'.encode('utf-16-le')), (16, 'ñ1'.encode()), (17, 'ñ1'.encode('utf-16-le')), (2, 'ñ1'.encode('latin-1'))])
def test_encodings_of_characters(tmp_path, stored, data):
    characters = numbers((1, 2), matfile.CHARACTERS, stored, data)
    assert list(read_cells(by_hand(tmp_path / 'a.mat', cells_by_hand(characters)), 'a')) == [['ñ1']]


def test_cell_without_content(tmp_path):
    cell, = read_cells(by_hand(tmp_path / 'a.mat', cells_by_hand(element(matfile.MATRIX, b''))), 'a')
    assert cell.shape == (0, 0)


def test_cells_are_read_as_they_are_asked_for(tmp_path):
    """Only the part before the damage is needed for the first cell."""
    whole = save(tmp_path / 'a.mat', False, a=cell_array([np.ones(10), np.ones(10)])).read_bytes()
    (tmp_path / 'a.mat').write_bytes(whole[:-8])
    cells = read_cells(tmp_path / 'a.mat', 'a')
    np.testing.assert_array_equal(next(cells)[0], np.ones(10))
    with pytest.raises(ValueError, match=r'a\.mat, a cell 1 cannot be read: the file ends too early'):
        next(cells)


@pytest.mark.parametrize(('broken', 'reason'), [
    (numbers((1, 1), 6, 9, bytes(16), flags=0x800), 'complex numbers are not read'),
    (numbers((1, 1), 2, 9, bytes(8)), 'arrays of class 2 are not read'),
    (numbers((1, 2), 6, 9, bytes(8)), 'cannot reshape'),
    (element(9, bytes(8)), 'expected a matrix, got an element of type 9'),
])
def test_broken_cell_is_named(tmp_path, broken, reason):
    file = by_hand(tmp_path / 'a.mat', cells_by_hand(numbers((1, 1), 6, 9, bytes(8)), broken))
    with pytest.raises(ValueError, match=rf'a\.mat, a cell 1 cannot be read: {reason}'):
        list(read_cells(file, 'a'))


def test_damaged_compressed_variable(tmp_path):
    packed = bytearray(zlib.compress(cells_by_hand(numbers((1, 5000), 6, 9, np.random.default_rng(0).bytes(40000)))))
    packed[20000] ^= 0xFF
    file = by_hand(tmp_path / 'a.mat', struct.pack('<II', matfile.COMPRESSED, len(packed)) + bytes(packed[:30000]))
    with pytest.raises(ValueError, match=r'a\.mat, a cell 0 cannot be read'):
        list(read_cells(file, 'a'))


def test_variable_that_is_missing(tmp_path):
    file = save(tmp_path / 'a.mat', x=cell_array([1.0]), y=np.ones(3))
    with pytest.raises(ValueError, match=r'a\.mat holds no cell array b or c, but x, y$'):
        list(read_cells(file, 'b', 'c'))
    with pytest.raises(ValueError, match=r'no cell array y, but x, y$'):
        list(read_cells(file, 'y'))
    with pytest.raises(ValueError, match=r'no cell array y, but nothing$'):
        list(read_cells(by_hand(tmp_path / 'b.mat'), 'y'))


def test_newer_matlab_file(tmp_path):
    file = by_hand(tmp_path / 'a.mat', version=b'\x00\x02')
    with pytest.raises(ValueError, match=r'a\.mat is a MATLAB 7\.3 file: .* save -v7'):
        list(read_cells(file, 'a'))


@pytest.mark.parametrize('content', [b'', b'x: [[1 2]]', bytes(200)])
def test_another_file(tmp_path, content):
    (tmp_path / 'a.mat').write_bytes(content)
    with pytest.raises(ValueError, match=r'a\.mat is not a MATLAB file of level 5'):
        list(read_cells(tmp_path / 'a.mat', 'a'))


def test_header_of_a_variable_is_cut_off(tmp_path):
    whole = save(tmp_path / 'a.mat', False, a=cell_array([1.0])).read_bytes()
    (tmp_path / 'a.mat').write_bytes(whole[:140])
    with pytest.raises(ValueError, match=r'a\.mat cannot be read: the file ends too early'):
        list(read_cells(tmp_path / 'a.mat', 'a'))
