with steps as (
    select
        equipment_id,
        meter,
        register,
        before_at,
        before_kwh,
        observed_at,
        reading_kwh
    from {{ ref('int_energy_counter_in_day') }}
    where before_at is not null
    union all
    select * from {{ ref('int_energy_counter_carry') }}
),

meters as (
    select
        *,
        rolls_over_at_kwh::decimal(18, 6) as range_kwh
    from {{ ref('stg_registry__meters') }}
),

-- A fall by more than half of the counter's range is the smaller step the other way: it went round.
turned as (
    select
        steps.*,
        coalesce(
            steps.before_kwh <= meters.range_kwh and (steps.before_kwh - steps.reading_kwh) * 2 > meters.range_kwh, false
        ) as rolled_over,
        meters.range_kwh
    from steps
    left join meters
        on
            steps.meter = meters.meter_id
            and steps.equipment_id = meters.equipment_id
            and {{ local_day('steps.before_at') }} between meters.valid_from and meters.valid_to
),

counted as (
    select
        equipment_id,
        meter,
        register,
        before_at as started_at,
        observed_at as ended_at,
        case
            when reading_kwh >= before_kwh then reading_kwh - before_kwh
            when rolled_over then range_kwh - before_kwh + reading_kwh
            else reading_kwh
        end as energy_kwh,
        'counter' as method,
        case
            when reading_kwh >= before_kwh then null
            when rolled_over then 'rolled_over'
            else 'reset'
        end as remark
    from turned
),

told as (
    select
        equipment_id,
        meter,
        register,
        interval_start as started_at,
        observed_at as ended_at,
        energy_kwh,
        'interval' as method,
        null::varchar as remark
    from {{ ref('fct_energy_reading') }}
    where kind = 'interval' and usable
),

intervals as (
    select * from counted
    union all
    select * from told
),

-- Time counts once: of intervals of one meter that overlap, the one that began first keeps its time, of two that began
-- together the longer; another counts with what its energy has left for the time after them.
taken as (
    select
        *,
        max(ended_at) over (
            partition by equipment_id, meter, register
            order by started_at, ended_at desc, method
            rows between unbounded preceding and 1 preceding
        ) as taken_until
    from intervals
),

left_over as (
    select
        *,
        greatest(started_at, coalesce(taken_until, started_at)) as left_from
    from taken
    where taken_until is null or taken_until < ended_at
),

final as (
    select
        left_over.equipment_id,
        left_over.meter,
        left_over.register,
        meters.boundary,
        left_over.left_from as started_at,
        left_over.ended_at,
        (left_over.energy_kwh - {{ energy_until('left_over.left_from', 'left_over') }})::decimal(18, 6) as energy_kwh,
        left_over.method,
        coalesce(
            left_over.remark,
            case
                when
                    {{ seconds_between('left_over.started_at', 'left_over.ended_at') }} > 3 * meters.interval_s
                    then 'long_gap'
            end
        ) as remark
    from left_over
    left join meters
        on
            left_over.meter = meters.meter_id
            and left_over.equipment_id = meters.equipment_id
            and {{ local_day('left_over.left_from') }} between meters.valid_from and meters.valid_to
)

select * from final
