/* A stand-in for Outlook's Extended MAPI provider, as far as profiles go. Wine's mapi32 loads it when the registry
   names it as the mail program (HKLM\Software\Clients\Mail, DLLPathEx). Profiles end where Outlook's own do.

   C:\stage\mapi.txt   fail <k> | hang <k> | crash <k> | wait <k> | broken      what the k-th call from now on does;
                       with :<Name> instead of <k>, every call of that name. `wait`: until there is C:\stage\wake.txt,
                       with one line in C:\stage\woken.log when it is over
   C:\stage\mapi.log   one line for each call that can fail

   Interfaces, their order and their errors: https://learn.microsoft.com/office/client-developer/outlook/mapi/ */
#ifndef MAPI_H
#define MAPI_H

#include "profile.h"

#define EXPORT __declspec(dllexport)

#define CALL_FAILED   ((HRESULT)0x80004005) /* MAPI_E_CALL_FAILED */
#define NO_SUPPORT    ((HRESULT)0x80040102) /* MAPI_E_NO_SUPPORT */
#define NOT_FOUND     ((HRESULT)0x8004010F) /* MAPI_E_NOT_FOUND */
#define USER_CANCEL   ((HRESULT)0x80040113) /* MAPI_E_USER_CANCEL */
#define ONE_PROVIDER  ((HRESULT)0x8004011D) /* MAPI_E_FAILONEPROVIDER */
#define NO_ACCESS     ((HRESULT)0x80070005) /* MAPI_E_NO_ACCESS */
#define BAD_PARAMETER ((HRESULT)0x80070057) /* MAPI_E_INVALID_PARAMETER */
#define SOME_ERRORS   ((HRESULT)0x00040380) /* MAPI_W_ERRORS_RETURNED */

#define PT_ERROR           0x000Au
#define PT_LONG            0x0003u
#define PT_BOOLEAN         0x000Bu
#define PT_STRING8         0x001Eu
#define PT_UNICODE         0x001Fu
#define PT_BINARY          0x0102u
#define TYPE(tag)          ((tag)&0xffffu)
#define PR_DISPLAY_NAME_A  0x3001001Eu
#define PR_DEFAULT_PROFILE 0x3D04000Bu

typedef struct {
    ULONG tag, padding;
    union {
        ULONG number;
        unsigned short boolean;
        HRESULT error;
        char *narrow;
        WCHAR *wide;
        struct {
            ULONG size;
            BYTE *data;
        } binary;
        LONGLONG largest;
    } value;
} Property; /* SPropValue */

typedef struct {
    ULONG padding, count;
    Property *properties;
} Row; /* SRow */

typedef struct {
    ULONG count;
    Row rows[];
} Rows; /* SRowSet */

/* Every object: of the profile it is about, a section of it, or the row that is read next. */
typedef struct {
    const void *functions;
    LONG references;
    const GUID *const *interfaces;
    WCHAR profile[PROFILE_NAME], section[33];
    ULONG row;
} Object;

/* Counts a call; what it has to fail with when it is its turn. */
#define CALL(...)                                                                                                      \
    do {                                                                                                               \
        const HRESULT turn = outcome(stage_log("mapi.log", __VA_ARGS__), #__VA_ARGS__);                                              \
        if (turn)                                                                                                      \
            return turn;                                                                                               \
    } while (0)

HRESULT outcome(unsigned long number, const char *call);
HRESULT result(LSTATUS error);

LONG WINAPI MAPIAllocateBuffer(ULONG size, void **out);
LONG WINAPI MAPIAllocateMore(ULONG size, void *first, void **out);

/* IUnknown of every object. */
Object *make(const void *functions, const GUID *const *interfaces, const WCHAR *profile);
HRESULT WINAPI query_interface(Object *object, REFIID id, void **out);
ULONG WINAPI add_reference(Object *object);
ULONG WINAPI release(Object *object);
HRESULT WINAPI unsupported(void);
#define UNSUPPORTED ((const void *)unsupported)

extern const GUID *const table_interfaces[], *const section_interfaces[], *const profiles_interfaces[],
                                                                              *const services_interfaces[];

Object *make_services(const WCHAR *profile);

#endif
