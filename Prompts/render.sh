#!/bin/sh
# Makes the recordings of all prompts from Prompts/prompts.yaml with espeak-ng, one file for each prompt and language.
# With sox they become FLAC and Ogg, and the shortest stay WAV; without it all are WAV. Needs: espeak-ng; sox if there is one.
set -eu
cd "$(dirname "$0")"

format() {
    command -v sox > /dev/null || { echo wav; return; }
    case $1 in
    goodbye | closed | voicemail-* | mailbox-*) echo ogg ;;
    still-there | not-valid | then-hash | your-ticket) echo wav ;;
    *) echo flac ;;
    esac
}

# Lines are `prompt:` and, indented under it, `language: text`.
awk '/^#/ { next } /^[^ ]/ { sub(":.*", ""); prompt = $0; next }
     /^ / { language = $1; sub(":$", "", language); sub("^ *[^ ]+ ", ""); print prompt "\t" language "\t" $0 }' prompts.yaml |
    while IFS="$(printf '\t')" read -r prompt language text; do
        case $language in
        en-US) voice=en-us ;;
        *) voice=${language%%-*} ;;
        esac
        mkdir -p "$language"
        rm -f "$language/$prompt".wav "$language/$prompt".flac "$language/$prompt".ogg
        espeak-ng -v "$voice" -s 150 -w "$language/$prompt.wav" "$text"
        kind=$(format "$prompt")
        if [ "$kind" != wav ]; then
            sox -R "$language/$prompt.wav" "$language/$prompt.$kind"
            rm "$language/$prompt.wav"
        fi
    done
