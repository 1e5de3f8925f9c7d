"""The demonstration partners: seven made-up agencies of a made-up region and their backbone, with 18 months of files.

Belongs here: everything that writes `data/raw/<agency_id>/` of the demonstration, from true families to files.
Stays out: reading those files. The same scale and seed give the same bytes; nobody in them is real.

`write_demonstration` writes the files; `true_persons` and `true_family_members` tell who is really who, for tests of
identity. `docs/demonstration.md` describes it all, with counts.

Deliberate faults (`faults.py`; a test finds each in its file). Besides these, records have slips (`slips.py`), people
refuse to be matched (`consent.py`), and families move, separate and bear names that others bear too (`traps.py`).

fault                      agency, file                                  what it should lead to
two_rows_one_number        school_board, eleves_2025-03.csv              both rows quarantined: conflicting_rows
day_that_is_none           school_board, suivis_2025-03.csv              row quarantined: unreadable_value
same_row_twice             school_board, suivis_2025-04.csv              one row quarantined: repeated_row
person_without_name        school_board, eleves_2025-06.csv              row kept, warning: last_name_given
school_closed_in_july      school_board, AUCUN_2025-07.txt               a nil return
enrolment_of_nobody        school_board, suivis_2025-10.csv              row quarantined: person_unknown
one_cell_too_many          school_board, resultats_2025-11.csv           row quarantined: too_many_cells_in_row
programme_not_agreed       school_board, suivis_2025-12.csv              row kept, warning: unmapped_code
scores_ten_times_too_high  school_board, resultats_2026-02.csv           superseded by resultats_2026-02_v2.csv
closed_before_opened       child_protection, CP_extract_2025_05.xlsx     row quarantined: exit_date_not_before_entry
opened_in_the_future       child_protection, CP_extract_2025_06.xlsx     row quarantined: entry_date_not_in_future
a_week_long_contact        child_protection, CP_extract_2025_09.xlsx     row kept, warning: duration_within_a_day
late_by_weeks              child_protection, CP_extract_2025_10.xlsx     received long after its due day
kind_not_agreed            child_protection, CP_extract_2025_12.xlsx     three rows kept, warning: unmapped_code
contact_with_nobody        health_centre, contacts_2025-05.csv           row quarantined: person_unknown
contact_without_status     health_centre, contacts_2025-08.csv           row quarantined: required
same_bytes_twice           health_centre, contacts_2025-11_copie.csv     a duplicate of contacts_2025-11.csv
agency_not_agreed          health_centre, referrals_2026-03.csv          row kept, warning: unmapped_code
score_that_is_no_number    post_adoption, post_adoption_2025-06.xlsx     row quarantined: unreadable_value
outcome_before_referral    post_adoption, post_adoption_2025-09.xlsx     quarantined: outcome_date_not_before_referral
workbook_cut_short         post_adoption, post_adoption_2026-01.xlsx     file rejected: unreadable_file
workbook_sent_again        post_adoption, post_adoption_2026-01_v2.xlsx  accepted, late
client_deleted             housing_agency, hmis_2025-09.zip              row left out, as the profile says
centre_closed_in_august    family_centre, AUCUN_2025-08.txt              a nil return
answer_before_call         post_adoption, post_adoption_2025-11.xlsx     quarantined: response_not_before_request
fewer_than_no_places       health_centre, annexe_2026-01.xlsx            row quarantined: places_not_negative
closed_before_presented    backbone, table_2025-10.xlsx                  closed_date_not_before_presentation
visit_on_no_day            family_centre, visites_2026-02.ods            contact quarantined: unreadable_value
born_in_1885               police_victim_support, vs_202504.tsv          row kept, warning: birth_date_after_1900
police_silent              police_victim_support, no file for 2026-02    a missing submission
"""

from dagster_project.demonstration.truth import true_family_members, true_persons
from dagster_project.demonstration.writing import write_demonstration

__all__ = ["true_family_members", "true_persons", "write_demonstration"]
