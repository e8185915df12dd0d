import pytest

from warning.errors import SettingsError
from warning.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _in_an_empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path))


def test_settings_default_to_sqlite_in_the_home(tmp_path):
    assert load_settings().url == f"sqlite:///{tmp_path / 'warning.sqlite3'}"


def test_environment_wins_over_the_file_in_the_home(tmp_path, monkeypatch):
    (tmp_path / "warning.toml").write_text('log_level = "DEBUG"\nfetch_concurrency = 4\n')
    monkeypatch.setenv("WARNING_FETCH_CONCURRENCY", "8")
    settings = load_settings()
    assert (settings.log_level, settings.fetch_concurrency) == ("DEBUG", 8)


def test_private_hosts_are_a_comma_list(monkeypatch):
    monkeypatch.setenv("WARNING_ALLOW_PRIVATE_HOSTS", "127.0.0.1:8080, intranet")
    assert load_settings().allow_private_hosts == ("127.0.0.1:8080", "intranet")


def test_every_secret_can_come_from_a_file_and_is_never_shown(tmp_path, monkeypatch):
    (tmp_path / "token").write_text("xoxb-secret\n")
    monkeypatch.setenv("WARNING_SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("WARNING_KEY_ESTAT", "estat-secret")
    monkeypatch.setenv("WARNING_KEY_CENSUS_FILE", str(tmp_path / "token"))
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-secret"
    assert {k: v.get_secret_value() for k, v in settings.source_keys.items()} == {
        "estat": "estat-secret",
        "census": "xoxb-secret",
    }
    assert "xoxb" not in repr(settings)
    assert "estat-secret" not in repr(settings)


def test_wrong_setting_is_named_without_its_value(monkeypatch):
    monkeypatch.setenv("WARNING_FETCH_CONCURRENCY", "hunter2")
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert "WARNING_FETCH_CONCURRENCY" in str(wrong.value)
    assert "hunter2" not in str(wrong.value)


def test_missing_secret_file_says_which_setting_and_path(tmp_path, monkeypatch):
    monkeypatch.setenv("WARNING_SMTP_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match=r"WARNING_SMTP_URL_FILE: .*none cannot be read"):
        load_settings()


def test_unknown_key_in_the_file_is_an_error(tmp_path):
    (tmp_path / "warning.toml").write_text('slack_tokn = "x"\n')
    with pytest.raises(SettingsError, match="SLACK_TOKN"):
        load_settings()


def test_broken_file_says_where(tmp_path):
    (tmp_path / "warning.toml").write_text("home = \n")
    with pytest.raises(SettingsError, match=r"warning\.toml: .*line 1"):
        load_settings()


def test_settings_made_by_hand_read_no_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("WARNING_DATABASE_URL", "postgresql+psycopg://production")
    assert Settings(home=tmp_path).url.startswith("sqlite:///")


def test_keys_of_sources_come_from_every_place_at_once(tmp_path, monkeypatch):
    (tmp_path / "warning.toml").write_text('[source_keys]\nestat = "file"\ncensus = "file"\nkosis = "file"\n')
    monkeypatch.setenv("WARNING_KEY_CENSUS", "key")
    monkeypatch.setenv("WARNING_KEY_KOSIS", "key")
    monkeypatch.setenv("WARNING_SOURCE_KEYS", '{"kosis": "environment"}')
    keys = {name: key.get_secret_value() for name, key in load_settings().source_keys.items()}
    assert keys == {"estat": "file", "census": "key", "kosis": "environment"}


@pytest.mark.parametrize("value", ["hunter2", '["hunter2"]'])
def test_keys_of_sources_that_are_no_mapping_are_named_without_their_value(monkeypatch, value):
    monkeypatch.setenv("WARNING_SOURCE_KEYS", value)
    with pytest.raises(SettingsError, match="WARNING_SOURCE_KEYS") as wrong:
        load_settings()
    assert "hunter2" not in str(wrong.value)


def test_keys_of_sources_in_the_file_that_are_no_mapping_are_an_error(tmp_path):
    (tmp_path / "warning.toml").write_text("source_keys = 3\n")
    with pytest.raises(SettingsError, match="WARNING_SOURCE_KEYS"):
        load_settings()


def test_names_in_the_environment_may_be_small_letters_and_an_empty_one_says_nothing(tmp_path, monkeypatch):
    (tmp_path / "warning.toml").write_text('log_level = "DEBUG"\n')
    monkeypatch.setenv("WARNING_LOG_LEVEL", "")
    monkeypatch.setenv("warning_keep_raw_days", "3")
    settings = load_settings()
    assert (settings.log_level, settings.keep_raw_days) == ("DEBUG", 3)


def test_file_alone_says_what_it_says_beside_other_sources(tmp_path, monkeypatch):
    (tmp_path / "warning.toml").write_text(
        'home = "elsewhere"\nkeep_raw_days = 3\nallow_private_hosts = "intranet, 127.0.0.1"\nsmtp_url = "smtp://host"\n'
        'rules_dir = "rules"\n[source_keys]\nestat = "key"\n'
    )
    alone = load_settings()
    monkeypatch.setenv("WARNING_OF_NOTHING", "set")
    assert load_settings().model_dump() == alone.model_dump()
    assert (alone.home, alone.keep_raw_days) == (tmp_path, 3)


def test_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "warning.toml").write_text("")
    monkeypatch.setattr("pathlib.Path.open", _refuse)
    with pytest.raises(SettingsError, match=r"warning\.toml cannot be read \(Permission denied\)"):
        load_settings()


def _refuse(*_, **__):
    raise PermissionError(13, "Permission denied")
