"""A timeline with a row in each table."""

import pytest


@pytest.fixture
def everything(visit_row, photo_row, assessment_row, course_row):
    return {
        "visits": [visit_row()],
        "photos": [photo_row()],
        "assessments": [assessment_row()],
        "treatment_courses": [course_row()],
    }
