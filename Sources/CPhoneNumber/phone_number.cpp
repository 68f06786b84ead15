#include "CPhoneNumber.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

/// libphonenumber refuses longer texts, too; here they do not even get copied.
constexpr size_t longest = 250;

bool parse(const PhoneNumberUtil &util, const std::string &text, const std::string &region, PhoneNumber *number) {
    return util.Parse(text, region, number) == PhoneNumberUtil::NO_PARSING_ERROR &&
           util.IsPossibleNumberWithReason(*number) == PhoneNumberUtil::IS_POSSIBLE;
}

bool begins(const std::string &text, const std::string &prefix) {
    return !prefix.empty() && text.compare(0, prefix.size(), prefix) == 0;
}

/// Trunks give international numbers without their plus. Such a number is taken as international when it is no number of the region,
/// or when it starts with the region's calling code and the region writes its own numbers with a prefix that is missing here.
bool means_international(const PhoneNumberUtil &util, const std::string &digits, const std::string &region, const PhoneNumber *national,
                         const PhoneNumber &international) {
    if (!util.IsValidNumber(international)) return false;
    if (national == nullptr || !util.IsValidNumber(*national)) return true;
    std::string prefix;
    util.GetNddPrefixForRegion(region, true, &prefix);
    const std::string code = std::to_string(util.GetCountryCodeForRegion(region));
    return !prefix.empty() && !begins(digits, prefix) && begins(digits, code);
}

bool normalise(const std::string &text, const std::string &region, std::string *e164) {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber national, international;
    const bool is_national = parse(util, text, region, &national);
    std::string digits = text;
    util.NormalizeDiallableCharsOnly(&digits);
    const PhoneNumber *chosen = is_national ? &national : nullptr;
    if (!digits.empty() && digits[0] >= '1' && digits[0] <= '9' && digits.find_first_not_of("0123456789") == std::string::npos &&
        parse(util, "+" + digits, region, &international) &&
        means_international(util, digits, region, chosen, international)) {
        chosen = &international;
    }
    if (chosen == nullptr) return false;
    util.Format(*chosen, PhoneNumberUtil::E164, e164);
    return true;
}

}  // namespace

bool phone_number_knows_region(const char *region) {
    try {
        return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0;
    } catch (...) {
        return false;
    }
}

size_t phone_number_e164(const char *number, size_t length, const char *region, char *output, size_t capacity) {
    if (length == 0 || length > longest) return 0;
    try {
        std::string e164;
        if (!normalise(std::string(number, length), region, &e164) || e164.size() > capacity) return 0;
        std::memcpy(output, e164.data(), e164.size());
        return e164.size();
    } catch (...) {
        return 0;
    }
}
