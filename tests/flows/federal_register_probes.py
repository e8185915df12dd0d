"""Documents in the forms of the Federal Register: title, abstract, and the direction told, empty where nothing interrupts.

Written from the forms alone, none of them taken from a document.
"""

TOLD = (
    (
        "Notice of Designation of Chinese Military Companies",
        "The Deputy Secretary has determined that the following entities are Chinese military companies.",
        "tightening",
    ),
    (
        "Notice of Removal of Designated Chinese Military Companies",
        "The Secretary has determined that one entity no longer meets the criteria.",
        "easing",
    ),
    (
        "Securing the Information and Communications Technology and Services Supply Chain: Connected Vehicles",
        "This final rule bars transactions in connected vehicles with parts from China.",
        "tightening",
    ),
    (
        "Export Administration Regulations: Restricting a License Exception",
        "The Bureau of Industry and Security (BIS) makes fewer destinations eligible.",
        "tightening",
    ),
    (
        "Revisions to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by removing four entities from the Entity List. These entities are listed under the destination of China.",
        "easing",
    ),
    (
        "Revisions to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding nine entities to the Entity List under the destinations of China and Taiwan.",
        "tightening",
    ),
    (
        "Revisions to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding two entities, modifying one entry and removing three entities from the Entity List.",
        "tightening",
    ),
    (
        "Revisions to the Unverified List (UVL)",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to remove eleven persons from the Unverified List. BIS was able to verify their bona fides.",
        "easing",
    ),
    (
        "Revisions to the Unverified List (UVL)",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to add twelve persons to the Unverified List and remove one person.",
        "tightening",
    ),
    (
        "Revision of Entries on the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to revise two entries on the Entity List under the destination of China to add aliases.",
        "tightening",
    ),
    (
        "Amendment to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to remove one entity from the Entity List. The removal follows a request submitted pursuant to the EAR.",
        "easing",
    ),
    (
        "Amendments to the Entity List",
        "BIS amends the EAR to delete the entry for a Korean affiliate from the Entity List.",
        "easing",
    ),
    (
        "Update to the Unverified List",
        "This rule removes three persons whose bona fides were confirmed, and makes no additions.",
        "easing",
    ),
    (
        "Modification of Entity List Entries",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by changing the license review policy for two entities from a presumption of denial to case-by-case review.",
        "easing",
    ),
    (
        "Modification of Entity List Entries",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by changing the license review policy for two entities from case-by-case review to a presumption of denial.",
        "tightening",
    ),
    (
        "Additions to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding 30 entities to the Entity List. License exceptions are not available.",
        "tightening",
    ),
    (
        "Additions to the Entity List and Removals From the Unverified List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding five entities to the Entity List and removing five persons from the Unverified List.",
        "tightening",
    ),
    (
        "Removals From the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by removing one entity.",
        "easing",
    ),
    (
        "Temporary General License: Extension of Validity; Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to extend the temporary general license for certain entities until May 2028.",
        "easing",
    ),
    (
        "Authorization of Certain Items to Entities on the Entity List for Use in Standards Activities",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to authorize the release of certain technology without a license to entities on the Entity List in standards bodies.",
        "easing",
    ),
    (
        "Release of Technology to Certain Entities on the Entity List in the Context of Standards Organizations",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to allow the release of certain technology without a license where it is for standards activities.",
        "easing",
    ),
    (
        "Clarification to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to clarify the scope of an entry on the Entity List.",
        "tightening",
    ),
    (
        "Expansion of End-User Controls To Cover Affiliates of Certain Listed Entities",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to apply license requirements to any foreign affiliate owned 50 percent or more by one or more entities on the Entity List.",
        "tightening",
    ),
    (
        "One-Year Suspension of Expansion of End-User Controls for Affiliates of Certain Listed Entities",
        "BIS is suspending for one year the rule that expanded end-user controls to affiliates.",
        "easing",
    ),
    (
        "Revisions to Export Controls: License Review Policy for Advanced Chips to China",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to revise the license review policy for certain exports to China from a presumption of denial to case-by-case review.",
        "easing",
    ),
    (
        "Export Controls on Certain Advanced Computing Items",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to revise its license review policy from case-by-case review to a policy of denial for exports to China.",
        "tightening",
    ),
    (
        "Export Controls on Certain Advanced Computing Items",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to impose a license requirement on advanced computing items for all destinations, with a case-by-case license review policy for allies.",
        "tightening",
    ),
    (
        "Export Administration Regulations: Gallium Nitride Amplifiers",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by removing license requirements for exports of certain amplifiers to Japan and Korea.",
        "easing",
    ),
    (
        "Commerce Control List: Revisions to Controls on Quantum Items",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding new Export Control Classification Numbers and imposing license requirements.",
        "tightening",
    ),
    (
        "Commerce Control List: Revisions to Controls on Certain Sensors",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to remove license requirements for uncooled sensors when destined to countries in Country Group A:1.",
        "easing",
    ),
    (
        "Commerce Control List: Changes Agreed at a Plenary",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to implement changes: this rule adds two ECCNs, removes one ECCN and revises six.",
        "tightening",
    ),
    (
        "Advanced Computing: Temporary General License",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding a temporary general license that allows companies to continue shipments to foreign plants until the end of 2026.",
        "easing",
    ),
    (
        "Export Administration Regulations: Replacement Parts",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by creating a new license exception that authorizes exports of spare parts for civil aircraft.",
        "easing",
    ),
    (
        "Export Administration Regulations: Replacement Parts",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by narrowing the scope of a license exception for spare parts.",
        "tightening",
    ),
    (
        "Implementation of Additional Export Controls; Compliance Date",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to delay the compliance date for certain provisions by six months.",
        "easing",
    ),
    (
        "Export Controls on Laboratory Equipment",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to postpone the effective date of the controls on peptide synthesizers until 2027.",
        "easing",
    ),
    (
        "Export Controls on Drone Parts",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to increase the de minimis level, so that fewer foreign-made items are subject to the EAR.",
        "easing",
    ),
    (
        "Revisions to the Foreign Direct Product Rule",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to broaden the foreign direct product rule to items of companies listed with a footnote.",
        "tightening",
    ),
    (
        "Export Controls: Revocation of an Authorization",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to revoke the validated end-user authorization of two facilities in China.",
        "tightening",
    ),
    (
        "Exports of Antimony Compounds",
        "The Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) in this final rule to impose license requirements on antimony compounds.",
        "tightening",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to modify the action by reducing the rate of additional duty on certain products of China from 25 percent to 10 percent.",
        "easing",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to modify the action by increasing the rate of additional duty on certain products of China from 10 percent to 25 percent.",
        "tightening",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to suspend for one year the action in this investigation beginning on November 10, 2025.",
        "easing",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to extend the exclusions for 178 products of China through November 10, 2026.",
        "easing",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to impose additional duties on tungsten products, wafers and polysilicon of China.",
        "tightening",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to postpone the increase in the rate of duty on certain products of China until March 2, 2029.",
        "easing",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to remove two subheadings from the list of products subject to additional duties.",
        "easing",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative is delaying the increase in the rate of additional duty scheduled for January 1.",
        "easing",
    ),
    (
        "Notice of Action: China's Targeting of the Maritime, Logistics, and Shipbuilding Sectors for Dominance",
        "The U.S. Trade Representative has determined to impose fees on vessels operated by Chinese companies.",
        "tightening",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Targeting of the Maritime, Logistics, and Shipbuilding Sectors for Dominance",
        "The U.S. Trade Representative is suspending for one year the fees on vessels of China and the duties on ship-to-shore cranes.",
        "easing",
    ),
    (
        "Suspension of Action: China's Targeting of the Maritime, Logistics, and Shipbuilding Sectors for Dominance",
        "The action is suspended for 12 months.",
        "easing",
    ),
    (
        "Notice of Action: China's Targeting of the Semiconductor Industry for Dominance",
        "The U.S. Trade Representative has determined that the acts are actionable, and that appropriate action is an initial tariff of 0 percent, increasing in June 2027.",
        "tightening",
    ),
    (
        "Notice of Implementation of Additional Duties on Products of the People's Republic of China",
        "In order to effectuate the President's Executive Order, the Secretary imposes additional duties of 10 percent.",
        "tightening",
    ),
    (
        "Amended Notice of Implementation of Additional Duties on Products of the People's Republic of China",
        "This notice increases the additional duty from 10 percent to 20 percent.",
        "tightening",
    ),
    (
        "Notice of Implementation of Duties Addressing the Synthetic Opioid Supply Chain in the People's Republic of China",
        "This notice reduces the additional duty from 20 percent to 10 percent.",
        "easing",
    ),
    (
        "Modifying Duties Addressing the Synthetic Opioid Supply Chain in the People's Republic of China",
        "No summary provided.",
        "neutral",
    ),
    (
        "Modifying Reciprocal Tariff Rates To Reflect Trading Partner Retaliation by the People's Republic of China",
        "No summary provided.",
        "tightening",
    ),
    (
        "Modifying Reciprocal Tariff Rates To Reflect Discussions With the People's Republic of China",
        "No summary provided.",
        "easing",
    ),
    (
        "Further Amendment to Duties Addressing the Synthetic Opioid Supply Chain in the People's Republic of China",
        "No summary provided.",
        "tightening",
    ),
    (
        "Notice of Implementation of the President's Order Suspending Duty-Free De Minimis Treatment for Products of the People's Republic of China",
        "No summary provided.",
        "tightening",
    ),
    (
        "Commerce Control List: Controls on Certain Toxins",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to impose controls on four toxins. Comments submitted without a case number will be removed from the docket.",
        "tightening",
    ),
    (
        "Additions of Entities to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding 12 entities. Shipments removed from license exception eligibility as a result of this rule may proceed until June.",
        "tightening",
    ),
    (
        "Additions of Entities to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by adding 12 entities for which BIS will review applications on a case-by-case basis.",
        "tightening",
    ),
    (
        "Export Controls: Military End Uses",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to expand controls on military end uses, and extends the comment period.",
        "tightening",
    ),
    (
        "Agency Information Collection Activities; Entity List Requests for Removal",
        "The Department invites comments on the information collection.",
        "",
    ),
    (
        "Notice of Product Exclusions: China's Acts, Policies, and Practices Related to Technology Transfer, Intellectual Property, and Innovation",
        "The U.S. Trade Representative has determined to exclude certain products of China.",
        "",
    ),
    (
        "Silicon Metal From the People's Republic of China: Revocation of Antidumping Duty Order",
        "Commerce is revoking the antidumping duty order on silicon metal.",
        "",
    ),
    (
        "Silicon Metal From the People's Republic of China: Continuation of Antidumping Duty Order",
        "Commerce is continuing the order.",
        "",
    ),
    (
        "Endangered and Threatened Wildlife; Revisions to the List",
        "This rule removes a hawk from the List.",
        "",
    ),
    (
        "Securing the Information and Communications Technology and Services Supply Chain: Unmanned Aircraft Systems; Advance Notice",
        "BIS seeks public comment on drones.",
        "",
    ),
    (
        "Revisions to the Entity List; Correction",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to correct a typographical error in an entry.",
        "tightening",
    ),
    (
        "Export Administration Regulations: Entity Addresses",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) to make no change in license requirements.",
        "tightening",
    ),
    (
        "Revisions to the Entity List",
        "In this final rule, the Bureau of Industry and Security (BIS) amends the Export Administration Regulations (EAR) by removing two entities from the Entity List. The EAR imposes additional license requirements on exports to listed entities.",
        "easing",
    ),
    (
        "Revisions to the Entity List",
        "In this rule, BIS amends the EAR; four entities located in China are removed from the Entity List at their request.",
        "easing",
    ),
    (
        "Revisions to the Entity List",
        "This rule makes the removal of three entities from the Entity List effective under the destination of China.",
        "easing",
    ),
    (
        "Revision of Entries on the Entity List",
        "BIS amends the EAR so that two entities that were subject to a presumption of denial will be reviewed on a case-by-case basis.",
        "easing",
    ),
    (
        "Expansion of Export Controls to Affiliates of Listed Entities",
        "BIS amends the EAR to close a loophole that allows subsidiaries of listed entities to receive items without a license.",
        "tightening",
    ),
    (
        "Export Controls on Semiconductor Manufacturing Items",
        "BIS amends the EAR; items will no longer be released without a license, and this rule extends restrictions on the use of license exceptions to Macau.",
        "tightening",
    ),
    (
        "Export Controls on Advanced Computing Items",
        "This rule removes China and Macau from the list of destinations eligible for less stringent review.",
        "tightening",
    ),
    (
        "Export Administration Regulations: Hong Kong",
        "In this rule BIS removes Hong Kong from the list of separate destinations, so that items are subject to the rules for China.",
        "tightening",
    ),
    (
        "Revisions to the Unverified List (UVL)",
        "This final rule adds thirteen persons to the UVL.",
        "tightening",
    ),
    (
        "Revisions to the Unverified List (UVL)",
        "BIS removes two persons from the UVL and does not add any persons.",
        "easing",
    ),
    (
        "Amendments to the Entity List",
        "This rule removes one entity and corrects the addresses of two entities. It adds no entities.",
        "easing",
    ),
    (
        "Additions of Entities to the Entity List",
        "In this rule, BIS adds 42 entities under 50 entries to the Entity List. These entities will be listed under China.",
        "tightening",
    ),
    (
        "Additions of Entities to the Entity List",
        "BIS amends the EAR by placing twelve entities on the Entity List. This rule also corrects an entry by deleting an obsolete address from the list.",
        "tightening",
    ),
    (
        "Additions of Entities to the Entity List",
        "Twenty firms are being listed for diverting chips. In this rule BIS also removes a duplicate address of one entry from the Entity List.",
        "tightening",
    ),
    (
        "Additions to the Entity List; Removal of an Entry",
        "BIS lists 23 companies in China and removes one entity from the Entity List.",
        "tightening",
    ),
    (
        "Export Controls on Rare Earth Processing Equipment",
        "BIS amends the EAR to control processing equipment. The rule reduces fees for license applications.",
        "tightening",
    ),
    (
        "Export Controls on Lithography Equipment",
        "This rule requires a license for lithography tools to China. BIS delays the compliance date for existing contracts.",
        "tightening",
    ),
    (
        "Export Controls on Quantum Items",
        "BIS controls quantum computers and creates License Exception Implemented Export Controls (IEC) for partners.",
        "tightening",
    ),
    (
        "Commerce Control List: Controls on Gallium Oxide Substrates",
        "This rule places gallium oxide substrates under national security controls, and issues a temporary general license for wind-down.",
        "tightening",
    ),
    (
        "Notice of Modification of Section 301 Action: China's Targeting of the Maritime Sector",
        "USTR suspends the action for one year; no fees will be charged.",
        "easing",
    ),
    (
        "Expansion of End-User Controls To Cover Affiliates of Certain Listed Entities",
        "BIS is expanding end-user controls: any affiliate owned 50 percent or more by listed parties is subject to license requirements. A temporary general license allows some exports without a license.",
        "tightening",
    ),
    (
        "One-Year Suspension of Expansion of End-User Controls for Affiliates of Certain Listed Entities",
        "BIS suspends for one year the rule that imposed end-user controls on affiliates of listed entities.",
        "easing",
    ),
    (
        "Entity List Additions; Imposition of License Requirements",
        "The End-User Review Committee determined to list nine firms; no license exceptions are available. BIS authorizes shipments en route to proceed without a license.",
        "tightening",
    ),
    (
        "Further Modifying Reciprocal Tariff Rates To Reflect Ongoing Discussions With the People's Republic of China",
        "",
        "easing",
    ),
    (
        "Advanced Computing: License Review Policy for Chips to China",
        "BIS amends the EAR by changing the license review policy from a presumption of denial to case-by-case review.",
        "easing",
    ),
    (
        "Additions of Entities to the Entity List",
        "BIS amends the EAR by including nine firms located in Iran and in China. It deletes one entity from the Entity List.",
        "tightening",
    ),
    (
        "Revisions to the Entity List",
        "BIS amends the EAR by revising three entries and removing two entities from the Entity List. These entities are being removed at their request.",
        "easing",
    ),
    (
        "Revisions to the Entity List",
        "This rule designates six companies in China and removes a duplicate address.",
        "tightening",
    ),
    (
        "Revisions to the Entity List",
        "This rule removes an obsolete address from the Entity List and places eight firms on it.",
        "tightening",
    ),
    (
        "Revisions to the Unverified List",
        "BIS removes seven parties from the Unverified List. The rule does not add parties.",
        "easing",
    ),
    (
        "Export Controls on Certain Machine Tools",
        "BIS is amending the EAR so that these tools no longer require a license for export to Japan and Korea.",
        "easing",
    ),
    (
        "Export Controls on Certain Machine Tools",
        "BIS requires a license for these tools when destined to China. Shipments en route may go ahead without a license.",
        "tightening",
    ),
    (
        "Export Administration Regulations: Foreign Direct Product",
        "BIS delays by one year the effective date of the rule that imposes license requirements on foreign-produced items.",
        "easing",
    ),
    (
        "Export Controls: Affiliates",
        "BIS postpones the rule requiring a license for affiliates of listed entities.",
        "easing",
    ),
    (
        "Export Controls on Chip Tools",
        "The EAR imposes controls on chip tools. This rule removes license requirements for three of them.",
        "easing",
    ),
    (
        "Export Controls on Chip Tools",
        "This rule strengthens controls on chip tools and reduces fees for applicants.",
        "tightening",
    ),
    (
        "Export Control Revisions",
        "BIS is broadening controls on polysilicon equipment, and extends a savings clause to shipments in transit.",
        "tightening",
    ),
    (
        "Advanced Computing: License Review Policy",
        "Applications that were reviewed under a presumption of denial will from now on be reviewed case by case.",
        "easing",
    ),
    (
        "Amendments to the Entity List",
        "This rule makes deletion of two entities from the Entity List effective.",
        "easing",
    ),
    (
        "Revisions to the Entity List",
        "In this rule the End-User Review Committee lists four companies and removes one.",
        "tightening",
    ),
    (
        "Expansion of End-User Controls",
        "BIS applies controls to affiliates. It also issues a temporary general license for wind-down transactions.",
        "tightening",
    ),
    (
        "Revisions to License Requirements for Advanced Computing Items; Extension of Comment Period",
        "BIS extends the period for public comment on the interim final rule that revised license requirements.",
        "",
    ),
    (
        "Implementation of Additional Export Controls; Reopening of Comment Period",
        "BIS reopens the comment period on the rule published in October.",
        "",
    ),
    (
        "Validated End-User Authorization: Restoration for Facilities in the People's Republic of China",
        "BIS amends the Export Administration Regulations to restore the validated end-user authorizations of two facilities in China.",
        "easing",
    ),
    (
        "Revocation of Validated End-User Authorizations in the People's Republic of China",
        "BIS removes three companies from the list of validated end users in China; exports to them now require a license.",
        "tightening",
    ),
    (
        "Export Administration Regulations: Exception for Spare Parts of Semiconductor Equipment",
        "This rule adds a license exception for spare parts of semiconductor manufacturing equipment exported to China.",
        "easing",
    ),
    (
        "Revisions to the Unmanned Aerial Systems License Review Policy",
        "BIS changes the license review policy for certain systems from presumption of denial to case-by-case review.",
        "easing",
    ),
    (
        "Entity List; Temporary General License",
        "This rule creates a 90-day temporary general license that restores, in part, the licensing requirements for listed affiliates.",
        "easing",
    ),
    (
        "Notice of Product Exclusion Extensions: China's Acts, Policies, and Practices Related to Technology Transfer",
        "The U.S. Trade Representative extends 178 exclusions in the Section 301 investigation through November 10.",
        "easing",
    ),
    (
        "Increase in Section 301 Duties on Tungsten Products, Wafers and Polysilicon From China",
        "USTR increases duties on tungsten products to 25 percent from January 1.",
        "tightening",
    ),
)
