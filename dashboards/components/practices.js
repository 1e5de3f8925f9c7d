// What each way of working is and what its measures tell, for readers who decide. Names stand in words.js.

export const INTRODUCTIONS = {
	common: {
		en: {
			what: 'Whatever its way of working, each partner counts these things in the same way: who is served, what comes of a referral, whether people are better off, what families say, and how the community fares as a whole.',
			tells: 'Read the first group for size, the second for how well services hold together, the third for whether it made a difference. Community conditions concern everybody, not only the families served, and no partner can claim them alone.'
		},
		fr: {
			what: 'Quelle que soit sa façon de travailler, chaque partenaire compte ces choses de la même manière : qui reçoit des services, ce qu’il advient d’un aiguillage, si les gens vont mieux, ce que disent les familles et comment va la communauté dans son ensemble.',
			tells: 'Le premier groupe montre l’ampleur du travail, le deuxième la qualité des liens entre les services, le troisième ce que le travail a changé. Les conditions de vie dans la communauté concernent tout le monde, et pas seulement les familles servies : aucun partenaire ne peut s’en attribuer seul le mérite.'
		}
	},
	collective_impact: {
		en: {
			what: 'Many organisations pursue one goal under five conditions: a common agenda, shared measurement, activities that reinforce one another, continuous communication, and a backbone organisation that holds it all together.',
			tells: 'The measures show whether these conditions are met: who has signed, whose data arrive, who refers to whom, who comes to the meetings, whether decisions use the figures, and whether money follows the agenda.'
		},
		fr: {
			what: 'De nombreux organismes poursuivent un même but selon cinq conditions : un plan d’action commun, une mesure commune, des activités qui se renforcent mutuellement, une communication continue et un organisme de soutien qui assure la cohésion.',
			tells: 'Les mesures montrent si ces conditions sont réunies : qui a signé, de qui les données arrivent, qui aiguille vers qui, qui participe aux rencontres, si les décisions s’appuient sur les chiffres et si l’argent suit le plan d’action.'
		}
	},
	post_adoption_support: {
		en: {
			what: 'One door, reached by telephone, for families after an adoption or a guardianship has become final. A call is answered at once or returned soon, a visit at home follows, and help is given for behaviour at home and at school.',
			tells: 'The measures show how quickly a family is heard, how much time it then gets, what it came for, and whether children are still with their family a year later. Speed is always shown beside the time given.'
		},
		fr: {
			what: 'Un guichet unique, joignable par téléphone, pour les familles dont l’adoption ou la tutelle est devenue définitive. On répond à l’appel sur-le-champ ou l’on rappelle sans tarder, une visite à domicile suit, et l’aide porte sur le comportement à la maison et à l’école.',
			tells: 'Les mesures montrent à quelle vitesse une famille est entendue, combien de temps on lui consacre ensuite, ce qui l’amène et si les enfants sont toujours dans leur famille un an plus tard. La rapidité est toujours présentée à côté du temps accordé.'
		}
	},
	family_network: {
		en: {
			what: 'Agencies in every zone form one network for adoptive families: a guidance line, support groups that parents with experience of their own help to lead, and help found in the community at no cost to the public purse.',
			tells: 'The measures show how many of the families known are reached, whether a call leads to a service, and whether the groups are alive.'
		},
		fr: {
			what: 'Des organismes de toutes les zones forment un seul réseau pour les familles adoptives : une ligne d’orientation, des groupes de soutien coanimés par des parents qui ont vécu la même expérience et des ressources de la communauté qui ne coûtent rien aux contribuables.',
			tells: 'Les mesures montrent combien de familles connues sont rejointes, si un appel mène à un service et si les groupes sont bien vivants.'
		}
	},
	integrated_care: {
		en: {
			what: 'Programmes of several agencies care for the same family as if they were one: a story told once, an intake shared with the family’s consent, meetings face to face or by video, and the benefits a family has a right to.',
			tells: 'The measures show what the staff has to carry and whether it stays, what families are spared, where no service has a place for them, and whether benefits reach them.'
		},
		fr: {
			what: 'Les programmes de plusieurs organismes s’occupent d’une même famille comme s’ils ne faisaient qu’un : une histoire racontée une seule fois, un accueil partagé avec le consentement de la famille, des rencontres en personne ou par vidéo et les prestations auxquelles la famille a droit.',
			tells: 'Les mesures montrent la charge que porte le personnel et s’il reste, ce qui est épargné aux familles, où aucun service n’a de place pour elles et si les prestations leur parviennent.'
		}
	},
	service_integration: {
		en: {
			what: 'Partners move, two by two, along a scale of five stages: fragmented services, cooperation, coordination, collaboration, integrated services. Not every pair needs to reach the last.',
			tells: 'Partners rate one another in waves. The measures show where the pairs stand, whether both sides see it alike, how much closer they would like to be, and which agreements and exchanges can be observed.'
		},
		fr: {
			what: 'Les partenaires avancent, deux à deux, sur une échelle de cinq stades : fragmentation, coopération, coordination, collaboration, services intégrés. Toutes les paires n’ont pas à atteindre le dernier.',
			tells: 'Les partenaires s’évaluent mutuellement, par vagues. Les mesures montrent où en sont les paires, si les deux côtés voient les choses de la même façon, à quel point ils souhaitent se rapprocher et quelles ententes et quels échanges peuvent être observés.'
		}
	},
	multi_sector_network: {
		en: {
			what: 'In local networks, schools, daycares, community groups, health and social services work together around young people. They are asked in waves about three themes: the diversity of partners, power relations, and how action is built together.',
			tells: 'The measures show who sits in each network and who stays, who decides, whether families take part in the plans that concern them, and what members say helps or stands in the way.'
		},
		fr: {
			what: 'Dans des réseaux locaux, les écoles, les services de garde, les groupes communautaires, la santé et les services sociaux travaillent ensemble autour des jeunes. On les interroge par vagues sur trois thèmes : la diversité des partenaires, les relations de pouvoir et la coconstruction de l’action.',
			tells: 'Les mesures montrent qui siège dans chaque réseau et qui y reste, qui décide, si les familles participent aux plans qui les concernent et ce qui, selon les membres, aide ou fait obstacle.'
		}
	},
	situation_table: {
		en: {
			what: 'Partners of many services meet twice a week. One of them brings, without names, a situation of acutely elevated risk that no service can handle alone. If it passes a discussion through four filters, a joint intervention follows within days.',
			tells: 'The measures show whether the table meets and who is there, what is brought, how quickly partners act together, what becomes of the situations, and which gaps in the services come to light. Nothing here is ever linked to persons; of situations below the threshold only the number is kept.'
		},
		fr: {
			what: 'Des partenaires de nombreux services se réunissent deux fois par semaine. L’un d’eux présente, sans nom, une situation à risque très élevé qu’aucun service ne peut régler seul. Si elle franchit une discussion à quatre filtres, une intervention conjointe suit en quelques jours.',
			tells: 'Les mesures montrent si la table se réunit et qui y est présent, ce qui y est présenté, à quelle vitesse les partenaires agissent ensemble, ce qu’il advient des situations et quelles lacunes des services sont mises au jour. Rien n’est jamais relié à des personnes; des situations sous le seuil, seul le nombre est conservé.'
		}
	}
};

export const PRACTICES = Object.keys(INTRODUCTIONS);
