with targets as (
    select * from {{ ref('int_target') }}
),

-- A cumulative count is judged as it stands now, a ratio by its latest closed month.
latest as (
    select * from {{ ref('fct_indicator_value') }}
    where is_latest
),

refresh as (
    select {{ local_day('as_of') }} as today from {{ ref('stg_refresh') }}
),

joined as (
    select
        targets.*,
        latest.value,
        latest.period_start,
        latest.period_end,
        least(latest.period_end, refresh.today) as judged_on
    from targets
    cross join refresh
    left join latest
        on
            targets.indicator_id = latest.indicator_id
            and targets.scope_type = latest.scope_type
            and targets.scope_id = latest.scope_id
),

-- The way from baseline to target is straight through the milestone, in time.
expected_value as (
    select
        *,
        case
            when judged_on <= baseline_date then baseline
            when milestone_date is null and judged_on < target_date
                then
                    baseline + (target - baseline) * date_diff('day', baseline_date, judged_on)
                    / date_diff('day', baseline_date, target_date)
            when judged_on < milestone_date
                then
                    baseline + (milestone - baseline) * date_diff('day', baseline_date, judged_on)
                    / date_diff('day', baseline_date, milestone_date)
            when judged_on < target_date
                then
                    milestone + (target - milestone) * date_diff('day', milestone_date, judged_on)
                    / date_diff('day', milestone_date, target_date)
            else target
        end as expected_value
    from joined
),

measured as (
    select
        *,
        (value - baseline) / nullif(target - baseline, 0) as progress,
        (expected_value - baseline) / nullif(target - baseline, 0) as expected
    from expected_value
),

-- A band has no way to it: within is on track, outside by at most a tenth of its width at risk.
-- Rounded, for in binary 0.30 is less than 0.20 + 0.10, and a value at the threshold would miss it.
compared as (
    select
        * exclude (progress, expected),
        case when band_low is null then progress end as progress,
        case when band_low is null then expected end as expected,
        round(progress - expected, 9) as ahead_by,
        case
            when value between band_low and band_high then 0
            else round(greatest(band_low - value, value - band_high) / nullif(band_high - band_low, 0), 9)
        end as outside_by
    from measured
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        value,
        period_start,
        period_end,
        baseline,
        baseline_date,
        milestone,
        milestone_date,
        target,
        target_date,
        progress,
        expected,
        expected_value,
        case
            when band_low is not null and value is null then 'not_assessable'
            when band_low is not null and outside_by = 0 then 'on_track'
            when band_low is not null and outside_by <= 0.10 then 'at_risk'
            when band_low is not null then 'behind'
            when ahead_by is null then 'not_assessable'
            when ahead_by >= 0.10 then 'ahead'
            when ahead_by >= -0.05 then 'on_track'
            when ahead_by >= -0.20 then 'at_risk'
            else 'behind'
        end as status,
        band_low,
        band_high,
        decided_on,
        decided_by_sv,
        decided_by_en
    from compared
)

select * from final
