-- A view: near a limit a sensor's noise makes a stretch of every reading, and only the runs with limits ask for them.
{{ config(materialized='view') }}

{{ stretches_over_midnight(ref('int_channel_stretch_day'), ['event_date', 'role', 'is_good', 'out_of_limits']) }}
