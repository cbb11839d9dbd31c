-- What of each piece of consumption falls into the time of which run. What a counter did while it was reset, went round
-- or was not read is known in sum, not when: where such an interval lies only partly in a turn, the part is not known.
{%- set shared_from = 'greatest(turns.piece_started_at, energy.piece_started_at)' %}
{%- set shared_until = 'least(turns.piece_ended_at, energy.piece_ended_at)' %}
with turns as (
    select * from {{ ref('int_run_turn_day') }}
),

energy as (
    select * from {{ ref('int_energy_piece') }}
),

final as (
    select
        turns.run_id,
        energy.equipment_id,
        energy.meter,
        energy.boundary,
        energy.day,
        energy.piece_started_at,
        (
            {{ energy_until(shared_until, 'energy') }} - {{ energy_until(shared_from, 'energy') }}
        )::decimal(18, 6) as shared_kwh,
        {{ seconds_between(shared_from, shared_until) }} as shared_s,
        energy.remark is not null
        and (energy.started_at < turns.started_at or turns.ended_at < energy.ended_at) as is_cut
    from turns
    inner join energy
        on
            turns.equipment_id = energy.equipment_id
            and turns.day = energy.day
            and turns.piece_started_at < energy.piece_ended_at
            and energy.piece_started_at < turns.piece_ended_at
)

select * from final
