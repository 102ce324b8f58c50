"""Lines of an outline and its transcription: one reading for preparing and evaluating."""

import pytest

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.text_lines import parse_line, read_official, read_text_lines, transcription

QUAD = '1,2,11,2,11,8,1,8'
FLAT = [1, 2, 11, 2, 11, 8, 1, 8]
FIVE = '10,10,40,5,70,10,70,30,10,30'
OUTLINE_14 = ','.join(map(str, range(28)))


def lines(content, points=4, **options):
    return read_text_lines({'a.txt': content}, points, **options)['a.txt']


@pytest.mark.parametrize('text', [
    '###', ' ###', '### ', '\t###\r', '"###"', ' "###" ', '" ### "', "'###'", '\u201c###\u201d', '\ufeff###', '\xa0###',
    '\uff03\uff03\uff03', '`###`', '""###""', '###\u200b'])
def test_mark_of_ignored_text_however_it_is_written(text):
    assert is_ignored_text(text)
    line, = lines(f'{QUAD},{text}')
    assert (line.text, line.ignored) == ('###', True)


@pytest.mark.parametrize('text', ['', '#', '##', '####', '###x', 'x###', '# # #', '"', '*'])
def test_other_texts_are_not_ignored(text):
    assert not is_ignored_text(text)


def test_further_mark():
    assert is_ignored_text(' "*" ', '*')
    assert is_ignored_text('###', '*')


@pytest.mark.parametrize(('text', 'expected'), [
    (' a,b ', 'a,b'), ('"a, ""b"" "', 'a, ""b"" '), (r'"a \"b\""', 'a "b"'), ('"', '"')])
def test_transcription(text, expected):
    assert transcription(text) == expected


@pytest.mark.parametrize(('line', 'points', 'count', 'text'), [
    (f'{FIVE},###', None, 5, '###'), (f'{FIVE},word', None, 5, 'word'), (f'{FIVE},1', None, 5, '1'),
    (FIVE, None, 5, ''), (f'{FIVE},word', 5, 5, 'word'), ('1,2,3,4,5,6,x', 3, 3, 'x'), (f'{QUAD},1,000', 4, 4, '1,000'),
    (f'{QUAD},12,5 kg', 4, 4, '12,5 kg'), (f'{QUAD},1997', 4, 4, '1997')])
def test_points_that_somebody_has_said(line, points, count, text):
    found, = lines(line, points)
    assert (len(found.outline), found.text) == (2 * count, text)


@pytest.mark.parametrize('tail', ['###', ' ###', '"###"'])
@pytest.mark.parametrize('numbers', ['9,9', '9,9,5,5', '0.98'])
def test_numbers_and_the_mark_are_no_transcription(numbers, tail):
    with pytest.raises(ValueError, match=r'a\.txt, line 2: expected x1,y1,.*,x4,y4.*got \d+ numbers before'):
        lines(f'{QUAD},x\n{QUAD},{numbers},{tail}')


@pytest.mark.parametrize('rest', ['10,30,###', '10,30,word', '10,30', '1,000', '1,2,3,4', '1,2,3', '1.5,-2e1,x'])
def test_more_points_or_a_transcription(rest):
    with pytest.raises(ValueError, match=r'a\.txt, line 2: the numbers after point 4 can be more .*--points any'):
        lines(f'{QUAD},x\n{QUAD},{rest}', certain=False)


@pytest.mark.parametrize(('rest', 'text'), [
    (',"1,000"', '1,000'), (',12,5 kg', '12,5 kg'), (',1997', '1997'), ('', '')])
def test_lines_that_leave_no_doubt(rest, text):
    line, = lines(f'{QUAD}{rest}', certain=False)
    assert (line.outline, line.text) == (FLAT, text)


def test_scripts_are_taken_off_where_every_line_has_one():
    assert [(one.text, one.ignored, one.script) for one in lines(f'{QUAD},Latin,word\n{QUAD},None,"###"')] == [
        ('word', False, 'Latin'), ('###', True, 'None')]
    assert [(one.text, one.script) for one in lines(f'{QUAD},Latin,word\n{QUAD},x')] == [
        ('Latin,word', None), ('x', None)]


@pytest.mark.parametrize('points', [14, None])
@pytest.mark.parametrize(('text', 'expected', 'ignored'), [
    ('####CARE', 'CARE', False), ('#######', '###', True), ('###', '###', True), ('####', '', False)])
def test_mark_before_the_transcriptions_of_ctw1500(text, expected, ignored, points):
    line, = lines(f'{OUTLINE_14},{text}', points)
    assert (line.text, line.ignored) == (expected, ignored)


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_ends_of_lines(end):
    assert len(lines(f'{QUAD},a{end}{QUAD},b{end}')) == 2


@pytest.mark.parametrize(('scripted', 'line'), [(False, QUAD), (True, f'{QUAD},Latin'), (False, f'{QUAD[:-1]}x,a')])
def test_official_formats_have_transcriptions(tmp_path, scripted, line):
    (tmp_path / 'a.txt').write_text(f'{QUAD},Latin,a\n{line}')
    with pytest.raises(ValueError, match=rf'a\.txt, line 2: expected x1,y1,.*,transcription, got {line!r}'):
        read_official(tmp_path / 'a.txt', 4, scripted)


@pytest.mark.parametrize('number', ['1_0', '\uff11', 'nan', 'inf', '0x10', ''])
def test_what_is_no_number(number):
    with pytest.raises(ValueError, match='here: expected'):
        parse_line('here', f'{number},2,11,2,11,8,1,8,a', 4)
