/// What verbs say by themselves where an author gives no prompt of his own, in the languages whose grammar we have; English elsewhere.
enum StandardPhrase: Sendable, CaseIterable {
    case keepOrAgain
    case wentWrong
    case enterName
    case noName
    case moreLetters
    /// With NAME and KEY in it.
    case forNamePress
    case connecting

    /// The words in a language such as `de-DE`.
    func text(in language: String) -> String {
        let texts = all
        return texts[String(language.prefix(2))] ?? texts["en"] ?? ""
    }

    private var all: [String: String] {
        switch self {
        case .keepOrAgain:
            [
                "en": "If this is right, press 1. To try again, press 2.",
                "de": "Wenn das richtig ist, drücken Sie die 1. Für eine neue Eingabe drücken Sie die 2.",
                "es": "Si es correcto, pulse 1. Para intentarlo de nuevo, pulse 2.",
                "zh": "如果正确，请按1。重新输入，请按2。",
            ]
        case .enterName:
            [
                "en": "Please enter the first letters of the name on your keypad.",
                "de": "Bitte geben Sie die ersten Buchstaben des Namens auf Ihren Tasten ein.",
                "es": "Por favor, introduzca las primeras letras del nombre en su teclado.",
                "zh": "请用按键输入姓名的前几个字母。",
            ]
        case .noName:
            [
                "en": "There is nobody of that name.", "de": "Unter diesem Namen ist niemand verzeichnet.",
                "es": "No hay nadie con ese nombre.", "zh": "没有找到此人。",
            ]
        case .moreLetters:
            [
                "en": "Many names begin like that. Please enter more letters.",
                "de": "So beginnen viele Namen. Bitte geben Sie weitere Buchstaben ein.",
                "es": "Muchos nombres empiezan así. Por favor, introduzca más letras.", "zh": "符合的姓名很多，请输入更多字母。",
            ]
        case .forNamePress:
            [
                "en": "For NAME, press KEY.", "de": "Für NAME drücken Sie die KEY.", "es": "Para NAME, pulse KEY.",
                "zh": "NAME，请按KEY。",
            ]
        case .connecting:
            ["en": "Connecting you to", "de": "Sie werden verbunden mit", "es": "Le comunicamos con", "zh": "正在为您转接"]
        case .wentWrong:
            [
                "en": "We are sorry, something went wrong. Please call again later.",
                "de": "Es tut uns leid, es ist ein Fehler aufgetreten. Bitte rufen Sie später noch einmal an.",
                "fr": "Nous sommes désolés, une erreur est survenue. Veuillez rappeler plus tard.",
                "es": "Lo sentimos, se ha producido un error. Por favor, llame más tarde.",
                "zh": "很抱歉，系统出现错误。请稍后再拨。",
            ]
        }
    }
}

extension FlowCompiler {
    /// A standard phrase as something to play, in every language of the flow.
    func phrase(_ phrase: StandardPhrase) -> Announcement {
        let text = SpokenText(byLanguage: languages.map { Template(parts: [.text(phrase.text(in: $0))]) })
        speeches.append(text)
        return Announcement(items: [.speech(text)])
    }
}
