"""What scripts/build_factors.py keeps of the Base Carbone: units, categories, elements, codes, hints. Data only."""

import re

# Published unit, lower case and without spaces → (unit kept, multiplier). Anything else is left out: litres, euros,
# metres of pipe, and kWh PCS, which would be mixed up with the kWh PCI that the platform counts in.
UNITS = {
    "kgco2e/tonne": ("kgCO2e/t", 1),
    "kgco2e/t": ("kgCO2e/t", 1),
    "kgco2e/tonnededéchets": ("kgCO2e/t", 1),
    "kgco2e/kg": ("kgCO2e/t", 1000),
    "kgco2e/kgh2": ("kgCO2e/t", 1000),
    "kgco2e/tonneden": ("kgCO2e/t_N", 1),
    "kgco2e/tonnedep2o5": ("kgCO2e/t_P2O5", 1),
    "kgco2e/tonnedek2o": ("kgCO2e/t_K2O", 1),
    "kgco2e/kwh": ("kgCO2e/MWh", 1000),
    "kgco2e/kwhpci": ("kgCO2e/MWh", 1000),
    "kgco2e/t.km": ("kgCO2e/tkm", 1),
    "kgco2e/m3": ("kgCO2e/m3", 1),
    "kgco2e/m³": ("kgCO2e/m3", 1),
}

# Whole categories of the Base Carbone, by the start of their name.
MATERIALS = (
    "Achats de biens > Métaux et produits métalliques",
    "Achats de biens > Papier, carton",
    "Achats de biens > Bois",
    "Achats de biens > Minerais, granulats, tourbes",
    "Achats de biens > Plastiques et produits chimiques > Plastiques et caoutchouc",
    "Achats de biens > Plastiques et produits chimiques > Produits chimiques > Produits chimiques de base",
    "Achats de biens > Plastiques et produits chimiques > Produits chimiques > Autres produits chimiques",
    "Achats de biens > Plastiques et produits chimiques > Produits chimiques > Peintures et résines",
    "Achats de biens > Produits minéraux non métalliques > Ciment, chaux, plâtre, béton",
    "Achats de biens > Produits minéraux non métalliques > Verres et articles en verre",
)
TREATMENTS = (
    "Traitement des déchets > Activités Economiques",
    "Traitement des déchets > Ménages et assimilés > Déchets Organiques",
    "Traitement des déchets > Ménages et assimilés > Ordures Ménagères Résiduelles",
    "Traitement des déchets > Ménages et assimilés > Emballages",
)
FREIGHT = (
    "Transport de marchandises > Routier > Par catégorie",
    "Transport de marchandises > Ferroviaire > France continentale",
    "Transport de marchandises > Fluvial",
)
# Single elements, by identifier: those of broad categories of which few serve an exchange between companies.
SINGLE_MATERIALS = {
    "20570", "20572", "20573", "20574", "20575", "20577", "20580", "20583", "20584",  # acids, salts, clays, CO2, brine
    "34924", "34926", "34927", "34928", "34931",  # fertilisers, per tonne of nutrient
    "20705", "20716", "20712", "20804",  # bituminous mixes, treated soil, unbound gravel
    "28290", "28293",  # hydrogen: reforming of natural gas, electrolysis on the French mix
    "28386", "28388", "28435",  # animal feed that by-products replace: maize, oats, lucerne
}  # fmt: skip
SINGLE_TREATMENTS = {"34620", "34624", "34622", "34630", "34632"}  # WEEE, wood furniture, furniture, textiles
ENERGY = {
    "26621", "13515", "14085", "14099", "13991", "25778", "13558", "13548",  # gas, oil, LPG
    "12946", "12957", "12985", "12994",  # coal, lignite, cokes
    "34937", "34938", "34939", "34940", "34941", "34942", "27958", "27083", "37118",  # biomass, biomethane, HVO
    "28333", "37091", "37095", "37109", "37096",  # grid: yearly mix; heating, industry, cooling by season
    "15563", "15564", "15565", "15566", "26034", "26033", "15561", "15562", "34720",  # means of production
    "37089", "37090",  # networks of heat and cold without their own value
}  # fmt: skip
WATER = {"24283", "24284"}
HEAT_REGIONS = tuple(f"Réseaux de chaleur / froid > {name}" for name in ("Alsace", "Lorraine", "Champagne-Ardenne"))
# Networks of the main towns of Grand Est, and two that carry heat to or from industry (Illzach, Rittershoffen).
HEAT_TOWNS = {
    "chalons-en-champagne", "charleville-mezieres", "colmar", "epinal", "haguenau", "illzach", "metz", "mulhouse",
    "nancy", "reims", "rittershoffen", "saint-dizier", "strasbourg", "troyes",
}  # fmt: skip

# Left out: bio-based or household detail that repeats another row, and what no unit of ours can carry.
LEFT_OUT = re.compile(
    r"biosourc|bouteilles|autres emballages|Plastique souple P\w+ pétrosourcé|rigide pétrosourcé|Compostage domestique|"
    r"Livre de|Ramette|Etiquettes|dont pertes amont|sans pertes amont|cristal|optique|"
    r"courbé|laminé|à motifs|Adhésif|Laque|Hybride|courte durée|^VUL .*(Essence|GPL)|hors recyclage - Emissions évitées"
)
# The same value is published twice, once for households and once for companies: the second is kept.
DUPLICATES = {
    "34634", "34635", "34488", "34489", "34490", "34491", "34516", "34517", "34518", "34519", "34520", "34521",
    "34548", "34549", "34656", "34657", "34660", "34661", "34662", "34663", "34664", "34665",
}  # fmt: skip

OUTLETS = (
    ("Stockage", "treatment_landfill"),
    ("Incinération", "treatment_incineration"),
    ("Recyclage", "treatment_recycling"),
    ("Méthanisation", "treatment_methanisation"),
    ("Compostage", "treatment_composting"),
    ("Fin de vie", "treatment_average"),
)
PREFIXES = {
    "material_virgin": "neuf",
    "material_recycled": "recycle",
    "treatment_landfill": "stockage",
    "treatment_incineration": "incineration",
    "treatment_recycling": "recyclage",
    "treatment_methanisation": "methanisation",
    "treatment_composting": "compostage",
    "treatment_average": "fin-de-vie",
    "avoided_emissions": "evite",
    "energy": "energie",
    "transport": "transport",
    "water": "eau",
}
# Pattern found in the subject of a factor → code, or start of the codes, of the taxonomy of resources. First one wins.
RESOURCE_HINTS = (
    (
        r"^(plastique-rigide-pet|plastique-pet|films-plastiques-pet|emballages-plastique-petrosource-pet)\b",
        "matter.plastic.pet",
    ),
    (r"^plastique-pehd|^plastique-rigide-pe\b", "matter.plastic.hdpe"),
    (r"origine-agricole", "matter.plastic.agri_plastic"),
    (r"^plastique-pebd", "matter.plastic.ldpe"),
    (r"plastique-souple-pe", "matter.plastic.film_stretch"),
    (r"polypropylene|^plastique-rigide-pp|petrosource-pp", "matter.plastic.pp"),
    (r"^plastique-(rigide-)?pvc|rigide-pvc", "matter.plastic.pvc"),
    (r"^plastique-(rigide-)?ps\b|rigide-ps-pse", "matter.plastic.ps"),
    (r"^nylon", "matter.plastic.pa"),
    (r"plastique", "matter.plastic"),
    (r"^(emballages-)?carton", "matter.paper.cardboard"),
    (r"^pate-a-papier", "matter.paper.paper_pulp"),
    (r"^papier", "matter.paper"),
    (r"aluminium", "matter.metal.aluminium"),
    (r"^cuivre|batiment-cuivre", "matter.metal.copper"),
    (r"^zinc", "matter.metal.zinc"),
    (r"^plomb", "matter.metal.lead"),
    (r"acier|metaux-ferreux", "matter.metal.steel_scrap"),
    (r"batiment-metaux|^nickel", "matter.metal"),
    (r"^fibre-de-verre", "matter.glass.glass_fibre"),
    (r"^verre-plat", "matter.glass.flat_glass"),
    (r"^(emballages-)?verre", "matter.glass.packaging_glass"),
    (r"^emballages-bois|^bois", "matter.wood"),
    (r"bois-de-classe-b", "matter.wood.wood_b"),
    (r"^dea-bois", "matter.wood.furniture_wood"),
    (r"^dea-moyen", "matter.equipment_waste.office_furniture"),
    (r"^deee", "matter.equipment_waste.weee"),
    (r"^das\b", "matter.equipment_waste.healthcare_waste"),
    (r"^textiles", "matter.textile.workwear"),
    (r"beton-briques|^beton", "matter.mineral.concrete"),
    (r"gravats", "matter.mineral.mixed_rubble"),
    (r"en-melange-dib", "matter.mineral.mixed_construction"),
    (r"platre", "matter.mineral.gypsum"),
    (r"^granulats|^grave|^pierres", "matter.mineral.aggregates"),
    (r"^enrobes", "matter.mineral.asphalt"),
    (r"^ciment", "matter.mineral.cement"),
    (r"^carbonate-de-calcium", "matter.mineral.limestone"),
    (r"^bentonite", "matter.mineral.clay"),
    (r"^sol-traite", "matter.mineral.excavated_earth"),
    (r"^tourbe", "matter.agri.horticulture_substrate"),
    (r"^chaux", "matter.base.quicklime"),
    (r"^soude", "matter.base.caustic_soda"),
    (r"^acide-chlorhydrique", "matter.acid.hydrochloric"),
    (r"^acide-sulfurique", "matter.acid.sulphuric"),
    (r"^acide-nitrique", "matter.acid.nitric"),
    (r"^acide-phosphorique", "matter.acid.phosphoric"),
    (r"^acide-citrique", "matter.acid.citric"),
    (r"^hypochlorite", "matter.salt.bleach"),
    (r"^saumure", "matter.salt.sodium_chloride"),
    (r"^sulfate-de-sodium", "matter.salt.sodium_sulphate"),
    (r"^sulfate-d-ammonium", "matter.fertiliser.ammonium_sulphate"),
    (r"^(ammonitrate|engrais|uree)", "matter.fertiliser"),
    (r"^alcool", "matter.solvent.ethanol"),
    (r"^methanol", "matter.solvent.methanol"),
    (r"^hexane", "matter.solvent"),
    (r"^vernis", "matter.chemical.paints"),
    (r"traitement-de-la-vapeur", "matter.chemical.additives_water"),
    (r"^dioxyde-de-carbone", "matter.gas.co2"),
    (r"^hydrogene", "matter.gas.hydrogen"),
    (r"^dechets-de-cuisine|^dechets-putrescibles", "matter.food"),
    (r"^(avoine|mais)", "matter.food.pet_food"),
    (r"^electricite-photovoltaique", "energy.electricity.solar_power"),
    (r"^electricite-(eolien|hydraulique)", "energy.electricity.wind_hydro"),
    (r"^electricite-20", "energy.electricity.grid_power"),
    (r"^gaz-naturel", "energy.fuel.natural_gas"),
    (r"^biomethane", "energy.fuel.biomethane"),
    (r"^fioul", "energy.fuel.heating_oil"),
    (r"^(propane|butane)", "energy.fuel.lpg"),
    (r"^hvo", "energy.fuel.biofuel"),
    (
        r"^(plaquettes|granules|connexes|dechets-bois)",
        "energy.fuel.solid_biomass_energy",
    ),
    (r"^reseau-de-chaleur", "energy.heat"),
    (r"reseaux?-de-froid", "energy.cold"),
    (r"^eau-de-reseau", "water.process.drinking"),
    (r"^traitement-des-eaux", "water.waste"),
    (r"^train", "logistics.transport.rail"),
    (r"^bateau", "logistics.transport.river"),
    (r"^(articule|rigide)", "logistics.transport.road_full"),
)
