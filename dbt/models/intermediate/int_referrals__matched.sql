with referrals as (
    select referrals.*, crosswalk.person_id_shared, persons.zone_id, persons.person_family_id
    from {{ ref('stg_referrals') }} as referrals
    inner join {{ source('identity', 'person_crosswalk') }} as crosswalk
        on referrals.agency_id = crosswalk.agency_id
        and referrals.person_id_agency = crosswalk.person_id_agency
    inner join {{ ref('int_persons__family_attached') }} as persons
        on crosswalk.person_id_shared = persons.person_id_shared
),

sent as (
    select * from referrals where direction_code = 'sent'
),

received as (
    select * from referrals where direction_code = 'received'
),

-- By the shared number, else by the person, the two agencies and the day; each row is used once.
candidates as (
    select
        sent.agency_id as sender_id,
        sent.referral_id_agency as sent_id,
        received.agency_id as receiver_id,
        received.referral_id_agency as received_id,
        case when sent.referral_key = received.referral_key then 1 else 2 end as match_rank
    from sent
    inner join received
        on sent.other_agency_id = received.agency_id
        and received.other_agency_id = sent.agency_id
        and (
            sent.referral_key = received.referral_key
            or (
                coalesce(sent.referral_key, '') <> coalesce(received.referral_key, '-')
                and (sent.referral_key is null or received.referral_key is null)
                and sent.person_id_shared = received.person_id_shared
                and sent.made_date = received.made_date
            )
        )
),

first_for_sender as (
    select
        *,
        row_number() over (partition by sender_id, sent_id order by match_rank, receiver_id, received_id) as sender_rank
    from candidates
),

matched as (
    select
        *,
        row_number() over (
            partition by receiver_id, received_id order by match_rank, sender_id, sent_id
        ) as receiver_rank
    from first_for_sender
    where sender_rank = 1
),

-- Without a word from either side, an enrolment at the receiver within the window speaks for the start of the service.
inferred as (
    select
        sent.agency_id as sender_id,
        sent.referral_id_agency as sent_id,
        min(enrolments.entry_date) as entry_date
    from sent
    inner join {{ ref('int_enrolments__person_attached') }} as enrolments
        on sent.other_agency_id = enrolments.agency_id
        and sent.person_id_shared = enrolments.person_id_shared
        and enrolments.entry_date between sent.made_date
        and {{ add_days('sent.made_date', parameter('referral_follow_up_days')) }}
    group by sent.agency_id, sent.referral_id_agency
),

joined as (
    select
        sent.*,
        matched.received_id,
        case
            when received.outcome_code not in ('waiting', 'unmapped') then 'receiver'
            when sent.outcome_code not in ('waiting', 'unmapped') then 'sender'
            when inferred.entry_date is not null then 'inferred'
        end as outcome_source,
        received.outcome_code as receiver_outcome_code,
        received.outcome_date as receiver_outcome_date,
        inferred.entry_date as inferred_date
    from sent
    left join matched
        on sent.agency_id = matched.sender_id
        and sent.referral_id_agency = matched.sent_id
        and matched.receiver_rank = 1
    left join received
        on matched.receiver_id = received.agency_id
        and matched.received_id = received.referral_id_agency
    left join inferred
        on sent.agency_id = inferred.sender_id
        and sent.referral_id_agency = inferred.sent_id
)

select
    agency_id,
    referral_id_agency,
    contact_id_agency,
    other_agency_id as receiver_agency_id,
    person_id_shared,
    person_family_id,
    program_id,
    zone_id,
    made_date,
    received_id is not null as is_matched,
    coalesce(outcome_source, 'none') as outcome_source,
    case outcome_source
        when 'receiver' then receiver_outcome_code
        when 'sender' then outcome_code
        when 'inferred' then 'service_started'
        else coalesce(receiver_outcome_code, outcome_code)
    end as outcome_code,
    case outcome_source
        when 'receiver' then receiver_outcome_date
        when 'sender' then outcome_date
        when 'inferred' then inferred_date
    end as outcome_date,
    {{ add_days('made_date', parameter('referral_follow_up_days')) }} as matures_on,
    _submission_id
from joined
