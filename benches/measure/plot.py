"""A drawing of lines, both axes logarithmic."""

import math
from html import escape

COLOURS = ["#888888", "#d62728", "#ff7f0e", "#1f77b4", "#17becf", "#2ca02c", "#9467bd", "#111111"]
WIDTH, HEIGHT, LEFT, TOP, GAP = 340, 300, 70, 60, 60
STYLE = "svg{background:#fff;font:12px sans-serif}.grid{stroke:#ddd}.line{fill:none;stroke-width:1.8}"


def svg(title, panels, x_name, y_name):
    """`panels`: title to lines, each a name to points. All panels share their axes and the key below them."""
    points = [point for lines in panels.values() for line in lines.values() for point in line]
    x_axis, y_axis = (decades([point[axis] for point in points]) for axis in (0, 1))
    names = list(next(iter(panels.values())))
    parts = [f'<text x="{LEFT}" y="24" font-size="15">{escape(title)}</text>']
    for place, (name, lines) in enumerate(panels.items()):
        left = LEFT + place * (WIDTH + GAP)
        parts += panel(name, lines, left, x_axis, y_axis)
    parts.append(f'<text x="{LEFT}" y="{TOP + HEIGHT + 38}">{escape(x_name)}</text>')
    parts.append(f'<text x="12" y="{TOP - 8}">{escape(y_name)}</text>')
    for place, name in enumerate(names):
        x, y = LEFT + place % 2 * (WIDTH + GAP), TOP + HEIGHT + 66 + place // 2 * 18
        parts.append(f'<path class="line" stroke="{COLOURS[place % len(COLOURS)]}" d="M{x} {y - 4}h24"/>')
        parts.append(f'<text x="{x + 30}" y="{y}">{escape(name)}</text>')
    width = LEFT + len(panels) * (WIDTH + GAP)
    height = TOP + HEIGHT + 70 + (len(names) + 1) // 2 * 18
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>\n"])


def panel(name, lines, left, x_axis, y_axis):
    yield f'<text x="{left}" y="{TOP - 22}" font-weight="bold">{escape(name)}</text>'
    for power in range(x_axis[0], x_axis[1] + 1):
        x = left + scaled(10**power, x_axis) * WIDTH
        yield f'<path class="grid" d="M{x:.1f} {TOP}v{HEIGHT}"/>'
        yield f'<text x="{x:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>'
    for power in range(y_axis[0], y_axis[1] + 1):
        y = TOP + (1 - scaled(10**power, y_axis)) * HEIGHT
        yield f'<path class="grid" d="M{left} {y:.1f}h{WIDTH}"/>'
        yield f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10**power:g}</text>'
    for place, line in enumerate(lines.values()):
        points = (
            f"{left + scaled(x, x_axis) * WIDTH:.1f} {TOP + (1 - scaled(y, y_axis)) * HEIGHT:.1f}" for x, y in line
        )
        yield f'<path class="line" stroke="{COLOURS[place % len(COLOURS)]}" d="M{"L".join(points)}"/>'


def decades(values):
    """The powers of ten around some values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def scaled(value, axis):
    return (math.log10(value) - axis[0]) / (axis[1] - axis[0])
