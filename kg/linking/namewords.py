"""Words by which names in plain text are read: what is too general, what is another word, what belongs to a name.

Each list is of English or of the language of medicine and says why it is there; none is taken from an annotated corpus.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    """Return the words of a list; a word that holds a blank is written with "_"."""
    return frozenset(word.replace("_", " ") for word in text.split())


#: Names that say no more than that somebody is ill, or what any report says of the course of an illness: nodes that
#: would join everything to everything. In the singular, American spelling.
GENERIC_DISEASES: Final = _words(
    """
    disease disorder syndrome condition illness sickness ailment symptom sign complication lesion abnormality injury
    disability dysfunction death mortality recurrence relapse remission emergency convalescence stress attack entity
    acute_disease chronic_disease chronic_illness critical_illness rare_disease genetic_disease genetic_disorder
    hereditary_disease inherited_disease human_disease inborn_error disease_progression disease_susceptibility
    disease_attribute genetic_predisposition carrier_state pathologic_process pathological_process asymptomatic_disease
    body_weight birth_weight weight body_temperature growth aging phenotype genotype child male female pregnancy
    tumorigenesis carcinogenesis drug_withdrawal side_effect adverse_drug_reaction adverse_drug_event adverse_effect
    medical_condition signs_and_symptom other_disease mental_disorder virus_infection
    """
)
#: The same of chemicals: names of everything that is given, of forms in which it is given, and of large classes.
GENERIC_CHEMICALS: Final = _words(
    """
    drug medication medicine pharmaceutical pharmaceutical_preparation preparation agent chemical compound substance
    solution suspension tablet capsule powder gel ointment cream aerosol vehicle placebo vaccine buffer mixture element
    ligand inhibitor agonist antagonist toxin poison metabolite isomer ester ion cation anion acid base radical
    free_radical reactive_oxygen_species metal heavy_metal electrolyte alkaloid polymer isotope radionuclide
    radioisotope peptide lipid carbohydrate amine biogenic_amine nucleotide nucleoside amino_acid_residue essential_oil
    """
)
#: Ions and groups: a drug in the name of which they stand is named by the rest, and what is left of a longer name that
#: the index does not hold is no substance.
GROUPS: Final = _words(
    """
    methyl ethyl propyl butyl phenyl benzyl acetyl dimethyl diethyl hydroxy amino nitro oxo carboxyl hydroxyl
    chloride bromide iodide fluoride sulfate acetate citrate maleate tartrate fumarate succinate mesylate besylate
    propionate lactate carbonate hydrochloride hydrobromide monohydrate dihydrate hydrate carboxy
    """
)
#: Words of every day that are names of chemicals (brands and trivial names) or of diseases (synonyms): in most sentences
#: where they stand they are the verb, the preposition, the part of the body or the thing of the household.
EVERYDAY: Final = _words(
    """
    lead leads water air oil gas fat soap sand tin can ash ice steam smoke milk honey wax paper glass speed crack gum
    tar lime rust chalk fiber fibre retinal codon sugar salt carbon hydrogen complement factor impact balance advantage
    focus basis select premium champion ally set act aid map man cat rat hot mass spell spells bends fits falls ram and
    or not but was has the for all who one her his any may met lap ran fix via aim end led min max hip ear arm leg eye
    age care term alert mole moles mono chi dietary cold colds hydrophobic gold spot spots
    pituitary sterile diamond
    """
)
#: Words of grammar and units of measurement that abbreviations of the index look like (AS, HAD, MM). They are not searched
#: for at all; a text that abbreviates so defines it.
FUNCTION_WORDS: Final = _words(
    """
    a an the this that these those he she it its they them we us our you i me my his her of in on at by to for from with
    and or nor but not no as if so than then be is am are was were been being do did does done has had have can may must
    shall will all any both each few one two who how why when where which what pre post via per vs etc also into onto up
    mg ug kg ml dl nl mm cm nm um km mol mmol pmol nmol min hr hrs sec iu bid tid qid id ie eg et al
    """
)

#: Salts by which MeSH names a drug ("venlafaxine hydrochloride") where texts name the drug alone.
SALTS: Final = (
    "hydrochloride", "sodium", "maleate", "sulfate", "citrate", "tartrate", "acetate", "mesylate", "hydrobromide",
    "fumarate", "bromide", "phosphate", "besylate", "calcium", "potassium",
)  # fmt: skip
#: Words behind a drug that say its salt: a part of its name, whether or not the index has that salt.
SALT_WORDS: Final = _words(
    """
    hydrochloride hydrobromide hcl hbr sulfate sulphate chloride bromide iodide phosphate citrate maleate tartrate
    fumarate succinate mesylate besylate acetate propionate monohydrate dihydrate bitartrate gluconate nitrate
    """
)
#: Counter-ions that are chemicals by themselves too: beside a drug they are a part of its name.
COUNTER_IONS: Final = frozenset({"sodium"})

#: Adjectives that tell how a disease came about, or where in the body it is. Before the name of a disease they are a part
#: of it, though the index has no such term; the term that is meant is the one without them.
MODIFIERS: Final = _words(
    """
    familial hereditary congenital sporadic inherited idiopathic isolated non-syndromic nonsyndromic syndromic neonatal
    x-linked x-linked_recessive x-linked_dominant autosomal_dominant autosomal_recessive
    cerebral cerebellar spinal cranial meningeal cardiac valvular aortic coronary vascular venous arterial pulmonary
    respiratory bronchial pleural gastric intestinal colonic rectal colorectal hepatic biliary pancreatic splenic renal
    ureteral ureteric vesical prostatic testicular penile ovarian uterine cervical vaginal mammary ocular retinal corneal
    visual auditory vestibular nasal oral orofacial facial pharyngeal laryngeal esophageal oesophageal thyroid parathyroid
    adrenal pituitary cutaneous dermal muscular skeletal articular peripheral mitochondrial lymphoid mesangial
    glomerular tubular myocardial pericardial endocardial abdominal pelvic thoracic lumbar femoral
    """
)

#: Organs by the words that stand for them before "disease", and how MeSH and Mondo write that.
ORGANS: Final = {
    "renal": "kidney", "kidney": "kidney", "nephro": "kidney", "hepatic": "liver", "liver": "liver",
    "hepato": "liver", "cardiac": "heart", "heart": "heart", "myocardial": "heart", "cardio": "heart",
    "cerebral": "brain", "brain": "brain", "encephalo": "brain", "pulmonary": "lung", "lung": "lung",
    "retinal": "retinal", "retino": "retinal", "ocular": "eye", "gastric": "stomach", "vascular": "vascular",
    "hepatocellular": "liver", "tubular": "kidney", "glomerular": "kidney",
}  # fmt: skip
HARM: Final = frozenset({"injury", "damage", "dysfunction", "impairment", "toxicity", "disease", "lesion"})
HARM_ENDINGS: Final = ("toxicity", "toxic", "pathy")
#: Harm by a drug, where no organ is said.
DRUG_HARM: Final = {
    "toxicity": "drug related side effects and adverse reactions", "overdose": "drug overdose",
    "overdosage": "drug overdose",
}  # fmt: skip

#: Words that are left out behind the names of those who described a disease.
EPONYM_HEADS: Final = ("disease", "syndrome")
