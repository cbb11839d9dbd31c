{#- Energy of an interval from its beginning up to an instant in it, spread evenly over its time. In whole millionths of
    a kWh (3.6 J), so that the pieces of an interval always add up to it: a piece is what there is up to its end, less
    what there is up to its beginning. -#}
{% macro energy_until(instant, interval) -%}
(
    (
        ({{ interval }}.energy_kwh * 1000000)::hugeint
        * (epoch_us({{ instant }}) - epoch_us({{ interval }}.started_at))
        // (epoch_us({{ interval }}.ended_at) - epoch_us({{ interval }}.started_at))
    )::decimal(22, 0) * 0.000001::decimal(7, 6)
)::decimal(18, 6)
{%- endmacro %}
