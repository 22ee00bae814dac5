/* A stand-in for classic Outlook: what it does to a profile at its first start, seen from outside. */
#ifndef OUTLOOK_H
#define OUTLOOK_H

#include "profile.h"

#define TITLE    L"Outlook"
#define LOG(...) stage_log("outlook.log", __VA_ARGS__)
/* Longest mail address (RFC 5321, 4.5.3.1.3), with its end, in characters. */
#define ADDRESS 256

/* Whether the account manager has an account (not only an address book) in the profile; its address if so. */
BOOL has_account(const WCHAR *profile, WCHAR address[ADDRESS]);
/* Address of the profile's Exchange service, as a MAPI program has left it there. */
BOOL exchange_address(const WCHAR *profile, WCHAR address[ADDRESS]);
/* Does what Autodiscover and sign-in end in: account and offline store of the profile's Exchange service. */
void set_exchange_up(const WCHAR *profile, const WCHAR *address);
/* The same for a profile without any service. */
void add_exchange(const WCHAR *profile, const WCHAR *address);

/* Makes a key of the account manager's list with the next number, and returns it. */
HKEY next_account(const WCHAR *profile, WCHAR number[9]);
/* Creates a store file below the folder of this login, never over one that is there; its path. */
void make_store(const WCHAR *address, const WCHAR *suffix, WCHAR path[MAX_PATH]);

/* Imports the settings file that the registry names, once, when Outlook has never run before. */
void import_prf(void);
/* What Outlook notes after its first start. */
void note_first_run(void);

#endif
