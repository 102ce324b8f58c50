"""The rooms of docs/architecture.md: who imports whom, and what they need."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = 'dbnetpp_plugin'
FRAMEWORKS = ('torch', 'torchvision', 'mmengine', 'mmcv', 'mmdet', 'mmocr')


def rooms() -> dict[str, str]:
    """Room -> what it needs, from top to bottom."""
    table = re.findall(r'^\| `(\w+)` \| .* \| (\w*) ?\|$', (ROOT / 'docs/architecture.md').read_text('utf-8'), re.M)
    return dict(table)


def module_name(file: Path) -> str:
    return '.'.join(file.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')


MODULES = {module_name(file): file for file in sorted((ROOT / PACKAGE).rglob('*.py'))}


def statements(tree: ast.AST, everywhere: bool) -> Iterator[ast.stmt]:
    """Import statements; those inside functions only if they are asked for."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif everywhere or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from statements(node, everywhere)


def imported(module: str, everywhere: bool = True) -> set[str]:
    """Full names of what a module imports; names that modules define are left with the module before them."""
    file = MODULES[module]
    package = module if file.name == '__init__.py' else module.rpartition('.')[0]
    names = set()
    for node in statements(ast.parse(file.read_text('utf-8')), everywhere):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
            continue
        home = node.module or ''
        if node.level:
            parts = package.split('.')
            home = '.'.join([*parts[:len(parts) - node.level + 1], *filter(None, [node.module])])
        children = {f'{home}.{alias.name}' for alias in node.names}
        names |= {child if child in MODULES else home for child in children}
    return names


def room_of(module: str) -> str:
    return module.split('.')[1] if '.' in module else ''


def test_every_room_is_in_the_table_and_exists():
    assert set(rooms()) == {room_of(module) for module in MODULES} - {''}


@pytest.mark.parametrize('module', [module for module in MODULES if module != PACKAGE])
def test_arrows_point_downwards(module):
    order = list(rooms())
    upward = [name for name in imported(module) if room_of(name) in order and name.startswith(f'{PACKAGE}.')
              and order.index(room_of(name)) < order.index(room_of(module))]
    assert not upward, f'{module} imports {upward}, which stands above it'


def test_no_circle_of_modules():
    """Imports inside functions do not count: they are how a module waits for another one."""
    arrows = {module: {name for name in imported(module, everywhere=False) if name in MODULES} - {module}
              for module in MODULES}
    # A package's face imports what is inside it, and what is inside it makes Python run the face first.
    inside = {module: {name for name in names if not module.startswith(f'{name}.')} for module, names in arrows.items()}
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        pytest.fail(f'circle: {" -> ".join(error.args[1])}')


@pytest.mark.parametrize('module', [module for module in MODULES if rooms().get(room_of(module)) == 'nothing'])
def test_rooms_that_need_nothing(module):
    frameworks = [name for name in imported(module) if name.split('.')[0] in FRAMEWORKS]
    assert not frameworks, f'{module} imports {frameworks}'


def test_the_test_sees_an_upward_arrow_and_a_circle():
    """Guards the tests above: they would be green, too, if nothing was read."""
    assert f'{PACKAGE}.geometry.label_maps' in imported(f'{PACKAGE}.datasets.transforms.generate_db_targets')
    assert {'torch', f'{PACKAGE}.wording'} <= {name.split('.')[0] if name[:5] == 'torch' else name
                                               for name in imported(f'{PACKAGE}.conversion.layout')}
    with pytest.raises(CycleError):
        TopologicalSorter({'a': {'b'}, 'b': {'a'}}).prepare()
    assert len(rooms()) > 20
