{#-
  One indicator's cells from its items.

  `items` is a relation with one row per item and interval: interval_kind, interval_start, interval_end, agency_id,
  program_id, zone_id, the breakdown columns, and what the expressions need; none of these may be null, since null
  means 'all' in the result. `numerator`, `denominator` and `value` are aggregate expressions; so are `low` and `high`,
  the count under lenient and under strict matching, where the catalogue says `has_linkage_band`.

  `families` is an aggregate expression: how many different families stand behind the items that are counted, those of the
  numerator (of a mean or a median, all that it is of); null where organisations are counted. `families_behind` makes one
  of a condition, from items with person_family_id. Where nobody knows a family, each item, situation or answer is one.

  `breakdowns` are the columns by which the cells are also broken down, for all and for each agency; those of
  `zone_breakdowns` also within each zone. `items` may be a relation or the name of a CTE.
  `total` false leaves out the cells without breakdown (instruments are never pooled).
  `levels` true: the items carry slice_level (all, agency, program), since an item may count differently in each.
  `agencies`, `zones`, `programs` false leave out those slices, where the items have no such thing.
-#}
{% macro indicator_values(
    indicator_id, items, numerator, denominator='null', value=none, low='null', high='null', families='null',
    breakdowns=['age_band'], total=true, levels=false, agencies=true, zones=true, programs=true, zone_breakdowns=[]
) %}
    {%- set interval = ['interval_kind', 'interval_start', 'interval_end'] -%}
    {%- set sets = {'all': [], 'agency': [], 'program': []} -%}
    {%- if total -%}
        {%- do sets['all'].append([]) -%}
        {%- if zones -%}{%- do sets['all'].append(['zone_id']) -%}{%- endif -%}
        {%- if agencies -%}{%- do sets['agency'].append(['agency_id']) -%}{%- endif -%}
        {%- if programs -%}{%- do sets['program'].append(['agency_id', 'program_id']) -%}{%- endif -%}
    {%- endif -%}
    {%- for breakdown in breakdowns -%}
        {%- do sets['all'].append([breakdown]) -%}
        {%- if agencies -%}{%- do sets['agency'].append(['agency_id', breakdown]) -%}{%- endif -%}
    {%- endfor -%}
    {%- for breakdown in zone_breakdowns -%}{%- do sets['all'].append(['zone_id', breakdown]) -%}{%- endfor -%}
    {%- set parts = [('all', sets['all']), ('agency', sets['agency']), ('program', sets['program'])] if levels
        else [(none, sets['all'] + sets['agency'] + sets['program'])] -%}
    {%- set breakdowns = breakdowns + zone_breakdowns | reject('in', breakdowns) | list -%}
    {%- set columns = ['agency_id', 'program_id', 'zone_id'] -%}
    {%- for level, grouping_sets in parts if grouping_sets %}
    select
        '{{ indicator_id }}' as indicator_id,
        interval_kind,
        interval_start,
        interval_end,
        {%- for column in columns %}
        {{ column if column in (grouping_sets | sum(start=[])) else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as {{ column }},
        {%- endfor %}
        {%- set used = breakdowns | select('in', grouping_sets | sum(start=[])) | list %}
        {%- if used %}
        case {% for b in used %}when {{ b }} is not null then '{{ b }}' {% endfor %}end as breakdown_kind,
        coalesce({{ used | join(', ') }}) as breakdown_code,
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as breakdown_kind,
        cast(null as {{ dbt.type_string() }}) as breakdown_code,
        {%- endif %}
        cast({{ numerator }} as double) as numerator,
        cast({{ denominator }} as double) as denominator,
        cast({{ value or numerator }} as double) as value,
        cast({{ low }} as double) as value_low,
        cast({{ high }} as double) as value_high,
        cast({{ families }} as integer) as families_behind
    from {{ items }}
    {%- if level %}
    where slice_level = '{{ level }}'
    {%- endif %}
    group by grouping sets (
        {%- for set in grouping_sets %}
        ({{ (interval + set) | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}

{#- How many different ids there are among the rows of a condition. -#}
{% macro count_distinct_where(condition, id) -%}
    count(distinct case when {{ condition }} then {{ id }} end)
{%- endmacro %}

{#- How many different families the persons of a condition are of. -#}
{% macro families_behind(condition) -%}
    {{ count_distinct_where(condition, 'person_family_id') }}
{%- endmacro %}

{#- How many rows meet a condition. -#}
{% macro count_where(condition) -%}
    sum(case when {{ condition }} then 1 else 0 end)
{%- endmacro %}

{#- A share in percent of two aggregate expressions; null where there is nothing to share. -#}
{% macro percent(numerator, denominator) -%}
    100.0 * {{ numerator }} / nullif({{ denominator }}, 0)
{%- endmacro %}

{#- A code of which it is known what it stands for; `unknown` where there is none or it has no map, so that it is counted. -#}
{% macro known(code) -%}
    coalesce(nullif({{ code }}, 'unmapped'), 'unknown')
{%- endmacro %}
