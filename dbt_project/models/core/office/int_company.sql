-- What the participation list has said last of each organisation: its region, and how many it employs.
select
    org_nr,
    arg_max(company_region, row(activity_date, received_at, event_id)) filter (where company_region is not null)
        as company_region,
    arg_max(employees, row(activity_date, received_at, event_id)) filter (where employees > 0) as employees
from {{ ref('fct_participation') }}
group by org_nr
