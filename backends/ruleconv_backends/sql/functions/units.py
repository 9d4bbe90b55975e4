"""Conversions between units: a factor (and, for temperatures, a shift) that is known when the SQL is written."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.arguments import constant_text
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_F = Fraction
_FOOT, _INCH, _YARD, _MILE = _F("0.3048"), _F("0.0254"), _F("0.9144"), _F("1609.344")
_POUND, _GRAVITY = _F("0.45359237"), _F("9.80665")
_PI = _F(math.pi)

_LENGTH = {
    "Angstrom": _F(1, 10**10), "Nanometer": _F(1, 10**9), "Micrometer": _F(1, 10**6), "Millimeter": _F(1, 1000), "Centimeter": _F(1, 100),
    "Decimeter": _F(1, 10), "Meter": _F(1), "Decameter": _F(10), "Hectometer": _F(100), "Kilometer": _F(1000),
    "Inch": _INCH, "Microinch": _INCH / 10**6, "Mil": _INCH / 1000, "Hand": 4 * _INCH, "Foot": _FOOT, "Yard": _YARD, "Mile": _MILE,
    "Chain": 66 * _FOOT, "Fathom": 6 * _FOOT, "Shackle": 90 * _FOOT, "NauticalMile": _F(1852), "UsSurveyFoot": _F(1200, 3937),
}  # fmt: skip
_MASS = {
    "Nanogram": _F(1, 10**12), "Microgram": _F(1, 10**9), "Milligram": _F(1, 10**6), "Centigram": _F(1, 10**5), "Decigram": _F(1, 10**4),
    "Gram": _F(1, 1000), "Decagram": _F(1, 100), "Hectogram": _F(1, 10), "Kilogram": _F(1), "Tonne": _F(1000), "Kilotonne": _F(10**6),
    "Megatonne": _F(10**9), "Pound": _POUND, "Kilopound": 1000 * _POUND, "Megapound": 10**6 * _POUND, "Ounce": _POUND / 16,
    "Grain": _POUND / 7000, "Stone": 14 * _POUND, "ShortTon": 2000 * _POUND, "LongTon": 2240 * _POUND, "LongHundredweight": 112 * _POUND,
    "ShortHundredweight": 100 * _POUND,
}  # fmt: skip
_VOLUME = {
    "CubicMeter": _F(1), "CubicDecimeter": _F(1, 10**3), "CubicCentimeter": _F(1, 10**6), "CubicMillimeter": _F(1, 10**9),
    "CubicKilometer": _F(10**9), "CubicHectometer": _F(10**6), "Liter": _F(1, 1000), "Deciliter": _F(1, 10**4), "Centiliter": _F(1, 10**5),
    "Milliliter": _F(1, 10**6), "Microliter": _F(1, 10**9), "Hectoliter": _F(1, 10), "Kiloliter": _F(1), "Megaliter": _F(1000),
    "CubicInch": _INCH**3, "CubicFoot": _FOOT**3, "CubicYard": _YARD**3, "CubicMile": _MILE**3, "AcreFoot": 1 / _F("0.000810714"),
    "UsGallon": 231 * _INCH**3, "UsQuart": 231 * _INCH**3 / 4, "UsPint": 231 * _INCH**3 / 8, "UsOunce": 231 * _INCH**3 / 128,
    "ImperialGallon": _F("0.00454609"), "ImperialPint": _F("0.00454609") / 8, "ImperialOunce": _F("0.00454609") / 160,
    "OilBarrel": 42 * 231 * _INCH**3,
}  # fmt: skip
_ANGLE = {
    "Degree": _F(1), "Arcminute": _F(1, 60), "Arcsecond": _F(1, 3600), "Gradian": _F(9, 10), "Revolution": _F(360), "Radian": 180 / _PI,
    "Milliradian": 180 / _PI / 1000, "Microradian": 180 / _PI / 10**6,
}  # fmt: skip
_FORCE = {
    "Newton": _F(1), "Decanewton": _F(10), "DecaNewton": _F(10), "Kilonewton": _F(1000),
    "Meganewton": _F(10**6), "Millinewton": _F(1, 1000), "Micronewton": _F(1, 10**6), "Dyn": _F(1, 10**5),
    "KilogramForce": _GRAVITY, "KiloPond": _GRAVITY, "TonneForce": 1000 * _GRAVITY,
    "PoundForce": _POUND * _GRAVITY, "OunceForce": _POUND * _GRAVITY / 16, "Poundal": _POUND * _FOOT,
}  # fmt: skip
_ENERGY = {
    "Joule": _F(1), "Kilojoule": _F(1000), "Megajoule": _F(10**6), "Gigajoule": _F(10**9), "Millijoule": _F(1, 1000), "WattHour": _F(3600),
    "KilowattHour": _F(3600 * 10**3), "MegawattHour": _F(3600 * 10**6), "GigawattHour": _F(3600 * 10**9), "WattDay": _F(86400),
    "Calorie": _F("4.184"), "Kilocalorie": _F(4184), "Erg": _F(1, 10**7), "BritishThermalUnit": _F("1055.05585262"),
}  # fmt: skip
_PER = {"Second": _F(1), "Minute": _F(60), "Hour": _F(3600)}
_SPEED = {
    **{
        f"{name}Per{time}": size / seconds
        for name, size in _LENGTH.items()
        for time, seconds in _PER.items()
    },
    "Knot": _F(1852, 3600),
}  # fmt: skip
_TEMPERATURE = {
    "Kelvin": (_F(1), _F(0)), "DegreeCelsius": (_F(1), _F("273.15")), "MillidegreeCelsius": (_F(1, 1000), _F("273.15")),
    "DegreeFahrenheit": (_F(5, 9), _F("459.67") * 5 / 9), "DegreeRankine": (_F(5, 9), _F(0)), "DegreeReaumur": (_F(5, 4), _F("273.15")),
    "DegreeDelisle": (_F(-2, 3), _F("373.15")), "DegreeNewton": (_F(100, 33), _F("273.15")),
    "DegreeRoemer": (_F(40, 21), _F("273.15") - _F("7.5") * 40 / 21),
}  # fmt: skip
"""Factor and shift to kelvin."""

_TABLES = {
    "convert_length": _LENGTH, "convert_mass": _MASS, "convert_volume": _VOLUME, "convert_angle": _ANGLE, "convert_force": _FORCE,
    "convert_energy": _ENERGY, "convert_speed": _SPEED,
}  # fmt: skip


@lowers("convert_temperature", *_TABLES)
def convert(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """``value * factor + shift``."""
    source, target = constant_text(call, 1, "a unit"), constant_text(call, 2, "a unit")
    table = _TABLES.get(call.function)
    pairs = _TEMPERATURE if table is None else {name: (factor, _F(0)) for name, factor in table.items()}
    if source not in pairs or target not in pairs:
        raise Unsupported(f"{call.function}() from {source!r} to {target!r}", call.span, "one of the units is not known here")
    (factor, shift), (other, other_shift) = pairs[source], pairs[target]
    value = lowering.convert(args[0], Type.REAL).node
    node = lowering.template("_x * _factor", x=value, factor=names.number(float(factor / other)))
    if shift != other_shift:
        node = lowering.template("_x + _shift", x=node, shift=names.number(float((shift - other_shift) / other)))
    return node
