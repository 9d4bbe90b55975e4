"""Conversions between physical units. Source: https://learn.microsoft.com/kusto/query/convert-length-function and its neighbours."""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, NullRule
from ruleconv.catalogue.parameters import pattern, real
from ruleconv.ir.types import Type

_PARAMETERS = (real("value"), pattern("from"), pattern("to"))


def _unit(quantity: str, *examples: Example) -> Function:
    doc = f"A {quantity} in another unit; null where a unit is unknown."
    return Function(
        f"convert_{quantity}", _PARAMETERS, Type.REAL, doc, nulls=NullRule.SOMETIMES, examples=examples, refusal="this unit is not known"
    )


FUNCTIONS: tuple[Function, ...] = (
    _unit("angle", Example("convert_angle(1.2, 'Degree', 'Arcminute')", 72.0)),
    _unit("energy", Example("convert_energy(1.2, 'Joule', 'BritishThermalUnit')", 0.00113738054437598)),
    _unit("force", Example("convert_force(1.2, 'Newton', 'DecaNewton')", 0.12)),
    _unit("length", Example("convert_length(1.2, 'Meter', 'Foot')", 3.93700787401575)),
    _unit("mass", Example("convert_mass(1.2, 'Kilogram', 'Pound')", 2.64554714621853)),
    _unit("speed", Example("convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour')", 432000.0)),
    _unit("temperature", Example("convert_temperature(1.2, 'Kelvin', 'DegreeCelsius')", -271.95)),
    _unit("volume", Example("convert_volume(1.2, 'CubicMeter', 'AcreFoot')", 0.0009728568)),
)
