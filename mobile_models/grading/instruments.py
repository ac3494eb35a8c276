"""The instruments that grade a visit, by the names under which their grades stand in an assessment."""

from mobile_models.grading import gags, gea, hayashi, iga, ng198

IGA, GEA, HAYASHI, GAGS, NG198 = "IGA", "GEA", "Hayashi", "GAGS", "NG198"

INSTRUMENTS = {IGA: iga.grade, GEA: gea.grade, HAYASHI: hayashi.grade, GAGS: gags.grade, NG198: ng198.grade}
