"""The clients in Python: libretranslatepy, deep-translator and DeepL's own library."""

import sys

import deepl
from deep_translator import LibreTranslator
from libretranslatepy import LibreTranslateAPI

URL = sys.argv[1]
SENTENCE = "The file could not be opened."


def check(client, what, holds, found):
    if not holds:
        sys.exit(f"{client}: {what}: {found!r}")
    print(f"ok {client}: {what}", flush=True)


def refused(call, kind):
    try:
        call()
    except kind as error:
        return error
    return None


def libretranslatepy():
    name = "libretranslatepy"
    for api in LibreTranslateAPI(URL + "/"), LibreTranslateAPI(URL + "/", api_key="any"):
        text = api.translate(SENTENCE, "en", "fr")
        check(name, "translates", "fichier" in text, text)
        text = api.translate(SENTENCE, "auto", "de")
        check(name, "translates what is detected", "Datei" in text, text)
        guesses = api.detect(SENTENCE)
        check(name, "detects", guesses[0]["language"] == "en" and guesses[0]["confidence"] > 50, guesses)
        codes = [language["code"] for language in api.languages()]
        check(name, "lists languages", {"de", "en", "fr"} <= set(codes), codes)


def deep_translator():
    name = "deep-translator"
    client = LibreTranslator(source="en", target="de", use_free_api=False, custom_url=URL + "/", api_key="any")
    text = client.translate(SENTENCE)
    check(name, "translates", "Datei" in text, text)
    texts = client.translate_batch([SENTENCE, "The disk is full."])
    check(name, "translates a batch", len(texts) == 2 and all(texts), texts)


def deepl_python():
    name = "deepl-python"
    client = deepl.DeepLClient("any:fx", server_url=URL)
    result = client.translate_text(SENTENCE, target_lang="DE")
    check(name, "translates", "Datei" in result.text, result.text)
    check(name, "detects the source", result.detected_source_lang == "EN", result.detected_source_lang)
    check(name, "counts characters", result.billed_characters == len(SENTENCE), result.billed_characters)
    results = client.translate_text([SENTENCE, "", "5 %"], source_lang="EN", target_lang="FR")
    check(name, "translates a list", "fichier" in results[0].text and results[2].text == "5 %", results)
    result = client.translate_text(
        'Open <x id="1"></x> <b>the file</b>.', source_lang="EN", target_lang="DE", tag_handling="xml", ignore_tags=["x"],
        split_sentences="nonewlines", preserve_formatting=True, context="A menu.", formality="prefer_more",
        model_type="prefer_quality_optimized")
    check(name, "keeps tags", '<x id="1"></x> <b>' in result.text and "</b>" in result.text, result.text)
    check(name, "tells the type of model", result.model_type_used == "quality_optimized", result.model_type_used)
    sources = [language.code for language in client.get_source_languages()]
    check(name, "lists sources", "EN" in [code.upper() for code in sources], sources)
    targets = client.get_target_languages()
    check(name, "lists targets", {"DE", "FR"} <= {target.code.upper() for target in targets}, targets)
    check(name, "reads formality", all(target.supports_formality is False for target in targets), targets)
    usage = client.get_usage()
    check(name, "reads usage", usage.character.count > 0 and not usage.any_limit_reached, usage)
    error = refused(lambda: client.translate_text("a", target_lang="XX"), deepl.DeepLException)
    check(name, "reads errors", "Value for 'target_lang' not supported: XX" in str(error), error)
    error = refused(lambda: client.translate_text("a", target_lang="DE", formality="more"), deepl.DeepLException)
    check(name, "reads the error of formality", "does not support formality" in str(error), error)
    check(name, "lists glossaries", client.list_glossaries() == [], "not empty")


libretranslatepy()
deep_translator()
deepl_python()
