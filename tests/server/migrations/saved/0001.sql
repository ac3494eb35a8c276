-- A database of version 0001 with a row in every table, as SQLite's .dump writes it; nobody in it exists.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE assessments (
	timeline_id VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	rev BIGINT NOT NULL, 
	deleted BOOLEAN NOT NULL, 
	device_id VARCHAR, 
	visit_id VARCHAR, 
	model_id VARCHAR, 
	model_version VARCHAR, 
	model_sha256 VARCHAR, 
	result VARCHAR, 
	amends VARCHAR, 
	recorded_at VARCHAR, 
	CONSTRAINT pk_assessments PRIMARY KEY (timeline_id, id), 
	CONSTRAINT ck_assessments_complete CHECK (deleted OR (visit_id IS NOT NULL AND recorded_at IS NOT NULL AND model_id IS NOT NULL AND model_version IS NOT NULL AND model_sha256 IS NOT NULL AND result IS NOT NULL)), 
	CONSTRAINT fk_assessments_timeline_id_visit_id_visits FOREIGN KEY(timeline_id, visit_id) REFERENCES visits (timeline_id, id), 
	CONSTRAINT fk_assessments_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id)
);
INSERT INTO "assessments" VALUES('t-kim','assess-0001',4,0,'d-phone','visit-0001','lesions','0.1.0','3333333333333333333333333333333333333333333333333333333333333333','{"visit": true, "photos": [{"photo": "photo-0001", "view": "front", "guided": true, "lesions": [{"type": "papule", "score": 0.5, "box": [10, 10, 20, 20], "zone": "nose", "counted": true}]}], "counts": {"comedo": {"value": 1, "low": 0, "high": 3, "expected": 1.2}, "papule": {"value": 1, "low": 0, "high": 3, "expected": 1.2}, "pustule": {"value": 1, "low": 0, "high": 3, "expected": 1.2}, "nodule": {"value": 1, "low": 0, "high": 3, "expected": 1.2}, "inflammatory": {"value": 1, "low": 0, "high": 3, "expected": 1.2}, "non_inflammatory": {"value": 1, "low": 0, "high": 3, "expected": 1.2}, "total": {"value": 1, "low": 0, "high": 3, "expected": 1.2}}, "zones": {"nose": {"comedo": 0, "papule": 1, "pustule": 0, "nodule": 0}}, "grades": {"IGA": {"value": 1, "distribution": {"0": 0.3, "1": 0.7}, "basis": "guided face"}}, "model": {"id": "lesions", "version": "0.1.0", "sha256": "3333333333333333333333333333333333333333333333333333333333333333"}}',NULL,'2026-03-01T08:31:00+01:00');
CREATE TABLE devices (
	id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	token_sha256 VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT pk_devices PRIMARY KEY (id), 
	CONSTRAINT ck_devices_kind CHECK (kind IN ('app', 'browser')), 
	CONSTRAINT fk_devices_user_id_users FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_devices_token_sha256 UNIQUE (token_sha256)
);
INSERT INTO "devices" VALUES('d-phone','u-patient','app','Phone','0000000000000000000000000000000000000000000000000000000000000000','2026-03-01 08:00:00.000000',NULL,NULL);
CREATE TABLE grants (
	id VARCHAR NOT NULL, 
	timeline_id VARCHAR NOT NULL, 
	dermatologist_id VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	epoch INTEGER NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT pk_grants PRIMARY KEY (id), 
	CONSTRAINT ck_grants_scope CHECK (scope IN ('records', 'photos')), 
	CONSTRAINT fk_grants_dermatologist_id_users FOREIGN KEY(dermatologist_id) REFERENCES users (id), 
	CONSTRAINT fk_grants_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id)
);
INSERT INTO "grants" VALUES('g-1','t-kim','u-doctor','photos',0,'2026-03-01 08:00:00.000000',NULL,NULL);
CREATE TABLE invitations (
	id VARCHAR NOT NULL, 
	timeline_id VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	code_sha256 VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	grant_ends_at DATETIME, 
	redeemed_at DATETIME, 
	CONSTRAINT pk_invitations PRIMARY KEY (id), 
	CONSTRAINT ck_invitations_scope CHECK (scope IN ('records', 'photos')), 
	CONSTRAINT fk_invitations_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id), 
	CONSTRAINT uq_invitations_code_sha256 UNIQUE (code_sha256)
);
INSERT INTO "invitations" VALUES('i-1','t-kim','records','1111111111111111111111111111111111111111111111111111111111111111','2026-03-01 08:00:00.000000',NULL,NULL);
CREATE TABLE photos (
	timeline_id VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	rev BIGINT NOT NULL, 
	deleted BOOLEAN NOT NULL, 
	device_id VARCHAR, 
	visit_id VARCHAR, 
	"view" VARCHAR, 
	media_type VARCHAR, 
	sha256 VARCHAR, 
	width_px INTEGER, 
	height_px INTEGER, 
	uploaded BOOLEAN, 
	amends VARCHAR, 
	CONSTRAINT pk_photos PRIMARY KEY (timeline_id, id), 
	CONSTRAINT ck_photos_complete CHECK (deleted OR (visit_id IS NOT NULL AND view IS NOT NULL AND media_type IS NOT NULL AND sha256 IS NOT NULL AND width_px IS NOT NULL AND height_px IS NOT NULL AND uploaded IS NOT NULL)), 
	CONSTRAINT fk_photos_timeline_id_visit_id_visits FOREIGN KEY(timeline_id, visit_id) REFERENCES visits (timeline_id, id), 
	CONSTRAINT fk_photos_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id)
);
INSERT INTO "photos" VALUES('t-kim','photo-0001',5,0,NULL,'visit-0001','front','image/jpeg','2222222222222222222222222222222222222222222222222222222222222222',96,128,1,NULL);
CREATE TABLE reads (
	id VARCHAR NOT NULL, 
	timeline_id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_reads PRIMARY KEY (id), 
	CONSTRAINT fk_reads_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id), 
	CONSTRAINT fk_reads_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "reads" VALUES('r-1','t-kim','u-doctor','photo','2026-03-01 08:00:00.000000');
CREATE TABLE timelines (
	id VARCHAR NOT NULL, 
	patient_id VARCHAR NOT NULL, 
	seq BIGINT NOT NULL, 
	epoch INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_timelines PRIMARY KEY (id), 
	CONSTRAINT fk_timelines_patient_id_users FOREIGN KEY(patient_id) REFERENCES users (id), 
	CONSTRAINT uq_timelines_patient_id UNIQUE (patient_id)
);
INSERT INTO "timelines" VALUES('t-kim','u-patient',6,1,'2026-03-01 08:00:00.000000');
CREATE TABLE treatment_courses (
	timeline_id VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	rev BIGINT NOT NULL, 
	deleted BOOLEAN NOT NULL, 
	device_id VARCHAR, 
	name VARCHAR, 
	kind VARCHAR, 
	dose VARCHAR, 
	started_on DATE, 
	stopped_on DATE, 
	note VARCHAR, 
	CONSTRAINT pk_treatment_courses PRIMARY KEY (timeline_id, id), 
	CONSTRAINT ck_treatment_courses_complete CHECK (deleted OR (name IS NOT NULL AND kind IS NOT NULL AND started_on IS NOT NULL)), 
	CONSTRAINT fk_treatment_courses_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id)
);
INSERT INTO "treatment_courses" VALUES('t-kim','course-0001',1,0,'d-phone','Adapalene','topical','0.1 %','2026-01-05',NULL,NULL);
CREATE TABLE users (
	id VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT ck_users_role CHECK (role IN ('patient', 'dermatologist')), 
	CONSTRAINT uq_users_email UNIQUE (email)
);
INSERT INTO "users" VALUES('u-patient','kim@example.org','Kim','patient','$argon2id$unusable','2026-03-01 08:00:00.000000');
INSERT INTO "users" VALUES('u-doctor','ito@example.org','Dr. Ito','dermatologist','$argon2id$unusable','2026-03-01 08:00:00.000000');
CREATE TABLE visits (
	timeline_id VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	rev BIGINT NOT NULL, 
	deleted BOOLEAN NOT NULL, 
	device_id VARCHAR, 
	guided BOOLEAN, 
	note VARCHAR, 
	amends VARCHAR, 
	recorded_at VARCHAR, 
	CONSTRAINT pk_visits PRIMARY KEY (timeline_id, id), 
	CONSTRAINT ck_visits_complete CHECK (deleted OR (recorded_at IS NOT NULL AND guided IS NOT NULL)), 
	CONSTRAINT fk_visits_timeline_id_timelines FOREIGN KEY(timeline_id) REFERENCES timelines (id)
);
INSERT INTO "visits" VALUES('t-kim','visit-0001',2,0,'d-phone',1,'after sport',NULL,'2026-03-01T08:30:00+01:00');
INSERT INTO "visits" VALUES('t-kim','visit-gone',6,1,'d-phone',NULL,NULL,NULL,NULL);
CREATE INDEX ix_devices_user_id ON devices (user_id);
CREATE INDEX ix_grants_dermatologist_id ON grants (dermatologist_id);
CREATE INDEX ix_grants_timeline_id ON grants (timeline_id);
CREATE INDEX ix_invitations_timeline_id ON invitations (timeline_id);
CREATE INDEX ix_reads_timeline_id_at ON reads (timeline_id, at);
CREATE UNIQUE INDEX ix_treatment_courses_timeline_id_rev ON treatment_courses (timeline_id, rev);
CREATE UNIQUE INDEX ix_visits_timeline_id_rev ON visits (timeline_id, rev);
CREATE UNIQUE INDEX ix_assessments_timeline_id_rev ON assessments (timeline_id, rev);
CREATE UNIQUE INDEX ix_photos_timeline_id_rev ON photos (timeline_id, rev);
COMMIT;
