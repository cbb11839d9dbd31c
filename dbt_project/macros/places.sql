{#- The county as a list of regions of the programme: itself, or none. Reads the CTE `registry`. -#}
{% macro in_region(county) -%}
list_filter([{{ county }}], lambda c: list_contains(registry.region_ids, c))
{%- endmacro %}

{#- The regions of the programme that a text names, by id or Swedish name, each once. Reads the CTE `registry`. -#}
{% macro named_regions(text) -%}
list_transform(
    list_filter(
        registry.named,
        lambda r: contains(lower(coalesce({{ text }}, '')), r.name) or contains(lower(coalesce({{ text }}, '')), r.id)
    ),
    lambda r: r.id
)
{%- endmacro %}

{#- One scope as a list, or none where it is not named. -#}
{% macro one_scope(type, id) -%}
case when {{ id }} is not null then [{'type': '{{ type }}', 'id': {{ id }}}] else [] end
{%- endmacro %}

{#- Every region of a list as a scope. -#}
{% macro region_scopes(regions) -%}
list_transform({{ regions }}, lambda r: {'type': 'region', 'id': r})
{%- endmacro %}
