select
    agency_id, vacancy_id_agency, program_id, opened_date, filled_date, _submission_id
from {{ ref('stg_vacancies') }}
