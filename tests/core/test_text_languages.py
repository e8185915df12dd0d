from warning.core.text.language import languages_of


def test_in_a_language_without_words_english_ones_are_found_and_those_its_script_tells():
    assert languages_of("fr", "arrêté sur le cobalt") == {"en"}
    assert languages_of("es", "litio y 갈륨") == {"en", "ko"}
