{#- A reason as it is compared: without the case and the spaces around it; empty where nothing was said. -#}
{% macro as_word(reason) -%}
nullif(lower(trim({{ reason }})), '')
{%- endmacro %}
