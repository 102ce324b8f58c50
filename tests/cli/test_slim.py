"""Publishing weights without the state of their training."""

import pytest
import torch

from dbnetpp import command

main = command('slim')


@pytest.fixture
def checkpoint(tmp_path):
    state = {'weight': torch.tensor([[1.0, 1 / 3]]), 'variance': torch.tensor([7e4]), 'steps': torch.tensor(7)}
    torch.save({'state_dict': state, 'optimizer': {'step': 3}, 'meta': {'iter': 5}}, tmp_path / 'iter_5.pth')
    return tmp_path / 'iter_5.pth'


def load(path):
    return torch.load(path, weights_only=True)


def test_only_weights_are_kept(checkpoint, tmp_path):
    main([str(checkpoint), str(tmp_path / 'new' / 'slim.pth')])
    slim = load(tmp_path / 'new' / 'slim.pth')
    assert slim['meta'] == {'source': 'iter_5.pth'}
    assert slim.keys() == {'state_dict', 'meta'}
    assert torch.equal(slim['state_dict']['weight'], torch.tensor([[1.0, 1 / 3]]))


def test_half(checkpoint, tmp_path):
    main([str(checkpoint), str(tmp_path / 'slim.pth'), '--half'])
    state = load(tmp_path / 'slim.pth')['state_dict']
    assert state['weight'].tolist() == [[1.0, torch.tensor(1 / 3).half().item()]]
    assert state['variance'].item() == 7e4
    assert state['steps'].dtype == torch.int64
    assert state['steps'] == 7


def test_plain_state_dict(tmp_path):
    torch.save({'weight': torch.ones(1)}, tmp_path / 'plain.pth')
    main([str(tmp_path / 'plain.pth'), str(tmp_path / 'slim.pth')])
    assert load(tmp_path / 'slim.pth')['state_dict'] == {'weight': torch.ones(1)}


def test_mean_of_several(tmp_path):
    for number, weight in enumerate([[1.0, 2.0], [2.0, 4.0], [6.0, 0.0]]):
        state = {'weight': torch.tensor([weight]), 'steps': torch.tensor(number)}
        torch.save({'state_dict': state}, tmp_path / f'{number}.pth')
    main([*(str(tmp_path / f'{number}.pth') for number in range(3)), str(tmp_path / 'mean.pth')])
    found = load(tmp_path / 'mean.pth')
    assert found['state_dict']['weight'].tolist() == [[3.0, 2.0]]
    assert found['state_dict']['steps'] == 2
    assert found['meta'] == {'source': '0.pth, 1.pth, 2.pth'}


@pytest.mark.parametrize('other', [{'bias': torch.ones(2)}, {'weight': torch.ones(3)}])
def test_no_mean_of_different_models(tmp_path, capsys, other):
    for name, state in (('a', {'weight': torch.ones(2)}), ('b', other)):
        torch.save({'state_dict': state}, tmp_path / f'{name}.pth')
    with pytest.raises(SystemExit):
        main([str(tmp_path / name) for name in ('a.pth', 'b.pth', 'mean.pth')])
    assert 'b.pth is of another model than ' in capsys.readouterr().err
    assert not (tmp_path / 'mean.pth').exists()


@pytest.mark.parametrize(('state', 'arguments', 'message'), [
    ({'large': torch.tensor([[7e4]])}, ['--half'], 'large has values that 16 bits cannot hold: leave --half out'),
    (None, [], 'there is no weights file '),
])
def test_failure_is_one_sentence(tmp_path, capsys, state, arguments, message):
    if state:
        torch.save({'state_dict': state}, tmp_path / 'a.pth')
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / 'a.pth'), str(tmp_path / 'b.pth'), *arguments])
    assert ended.value.code == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'b.pth').exists()
